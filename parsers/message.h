/* Setting up the library behind message_parse(). */
#ifndef PARSERS_MESSAGE_H
#define PARSERS_MESSAGE_H

/* Before the first thread parses anything; any number of times. Home of GMime. */
void message_library_start(void);

#endif
