/* What attackers write into posts: each must come out of every output dead. */
#ifndef TESTS_UNIT_REPORT_HOSTILE_H
#define TESTS_UNIT_REPORT_HOSTILE_H

static const char *const hostile_texts[] = {
    "Acme <script>alert(1)</script><img src=x onerror=alert(2)>",
    "Acme \"><svg onload=alert(3)>' onmouseover='alert(4)",
    "Acme\r\nBcc: everyone@example.com\r\n\r\n<h1>second body</h1>",
    "=cmd|' /C calc'!A0 Acme",
    "+1+1 Acme",
    "-2+3+cmd Acme",
    "@SUM(1+1)*cmd Acme",
    "\t=1+1 Acme",
    "\033]8;;http://evil.example/\033\\Acme\033]8;;\033\\ \033[2J\033[H\033]52;c;ZXZpbA==\007",
    "\xC2\x9B"
    "2J Acme \xC2\x9D"
    "0;title\xC2\x9C",
    "Acme \xE2\x80\xAE drawkcab \xE2\x81\xA6 isolated",
    "Acme \xFF\xFE\xC0\x80 \xED\xA0\x80 broken",
    "</style></title></textarea><!-- Acme --> ]]> &amp; &#x3c;script&#x3e;",
    "Acme | cell | \n| --- |\n# heading [link](javascript:alert(1)) `code`",
    "\",\"injected\":true,\"x\":\"Acme \\u0000 \\",
    "Acme =?UTF-8?B?PHNjcmlwdD4=?= \n.\n.\r\nFrom me\n--=_0123\n",
    "Acme \xE2\x80\xA8"
    "line\xE2\x80\xA9"
    "paragraph\x0B\x0C\x00\x01\x7F",
    "@channel @here @everyone <!channel> <!here|x> <@U012> <#C012> <https://evil.example|acme.com> "
    "Acme",
    "Acme [acme.com](https://evil.example) ![x](https://evil.example/x.png) ||spoiler|| ~~gone~~ "
    "**big**",
    "<at>everyone</at> Acme https://acme.example/a|b>c)d]e\"f `code` ```\nblock\n```",
    "https://evil.example/x>|y<!channel>)](javascript:alert(1)) Acme",
    "\xEF\xBC\xA0"
    "channel Acme :skull: :+1: #general -- --- ___",
    "javascript:alert(document.cookie) Acme data:text/html,<script>1</script>",
};
#define HOSTILE_COUNT (sizeof(hostile_texts) / sizeof(hostile_texts[0]))

#endif
