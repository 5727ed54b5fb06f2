#include "parsers/entities.h"

/* The named character references of the HTML Standard (html.spec.whatwg.org, section 13.5) in byte
 * order, many to a row: "NAME=TEXT ", or "NAME!TEXT " where the semicolon may be missing. */
static const char *const entities[] = {
    "AElig!Æ AMP!& Aacute!Á Abreve=Ă Acirc!Â Acy=А Afr=\360\235\224\204 Agrave!À Alpha=Α Amacr=Ā ",
    "And=⩓ Aogon=Ą Aopf=\360\235\224\270 ApplyFunction=\342\201\241 Aring!Å ",
    "Ascr=\360\235\222\234 Assign=≔ Atilde!Ã Auml!Ä Backslash=∖ Barv=⫧ Barwed=⌆ Bcy=Б Because=∵ ",
    "Bernoullis=ℬ Beta=Β Bfr=\360\235\224\205 Bopf=\360\235\224\271 Breve=˘ Bscr=ℬ Bumpeq=≎ ",
    "CHcy=Ч COPY!© Cacute=Ć Cap=⋒ CapitalDifferentialD=ⅅ Cayleys=ℭ Ccaron=Č Ccedil!Ç Ccirc=Ĉ ",
    "Cconint=∰ Cdot=Ċ Cedilla=¸ CenterDot=· Cfr=ℭ Chi=Χ CircleDot=⊙ CircleMinus=⊖ CirclePlus=⊕ ",
    "CircleTimes=⊗ ClockwiseContourIntegral=∲ CloseCurlyDoubleQuote=” CloseCurlyQuote=’ Colon=∷ ",
    "Colone=⩴ Congruent=≡ Conint=∯ ContourIntegral=∮ Copf=ℂ Coproduct=∐ ",
    "CounterClockwiseContourIntegral=∳ Cross=⨯ Cscr=\360\235\222\236 Cup=⋓ CupCap=≍ DD=ⅅ ",
    "DDotrahd=⤑ DJcy=Ђ DScy=Ѕ DZcy=Џ Dagger=‡ Darr=↡ Dashv=⫤ Dcaron=Ď Dcy=Д Del=∇ Delta=Δ ",
    "Dfr=\360\235\224\207 DiacriticalAcute=´ DiacriticalDot=˙ DiacriticalDoubleAcute=˝ ",
    "DiacriticalGrave=` DiacriticalTilde=˜ Diamond=⋄ DifferentialD=ⅆ Dopf=\360\235\224\273 Dot=¨ ",
    "DotDot=\342\203\234 DotEqual=≐ DoubleContourIntegral=∯ DoubleDot=¨ DoubleDownArrow=⇓ ",
    "DoubleLeftArrow=⇐ DoubleLeftRightArrow=⇔ DoubleLeftTee=⫤ DoubleLongLeftArrow=⟸ ",
    "DoubleLongLeftRightArrow=⟺ DoubleLongRightArrow=⟹ DoubleRightArrow=⇒ DoubleRightTee=⊨ ",
    "DoubleUpArrow=⇑ DoubleUpDownArrow=⇕ DoubleVerticalBar=∥ DownArrow=↓ DownArrowBar=⤓ ",
    "DownArrowUpArrow=⇵ DownBreve=\314\221 DownLeftRightVector=⥐ DownLeftTeeVector=⥞ ",
    "DownLeftVector=↽ DownLeftVectorBar=⥖ DownRightTeeVector=⥟ DownRightVector=⇁ ",
    "DownRightVectorBar=⥗ DownTee=⊤ DownTeeArrow=↧ Downarrow=⇓ Dscr=\360\235\222\237 Dstrok=Đ ",
    "ENG=Ŋ ETH!Ð Eacute!É Ecaron=Ě Ecirc!Ê Ecy=Э Edot=Ė Efr=\360\235\224\210 Egrave!È Element=∈ ",
    "Emacr=Ē EmptySmallSquare=◻ EmptyVerySmallSquare=▫ Eogon=Ę Eopf=\360\235\224\274 Epsilon=Ε ",
    "Equal=⩵ EqualTilde=≂ Equilibrium=⇌ Escr=ℰ Esim=⩳ Eta=Η Euml!Ë Exists=∃ ExponentialE=ⅇ Fcy=Ф ",
    "Ffr=\360\235\224\211 FilledSmallSquare=◼ FilledVerySmallSquare=▪ Fopf=\360\235\224\275 ",
    "ForAll=∀ Fouriertrf=ℱ Fscr=ℱ GJcy=Ѓ GT!> Gamma=Γ Gammad=Ϝ Gbreve=Ğ Gcedil=Ģ Gcirc=Ĝ Gcy=Г ",
    "Gdot=Ġ Gfr=\360\235\224\212 Gg=⋙ Gopf=\360\235\224\276 GreaterEqual=≥ GreaterEqualLess=⋛ ",
    "GreaterFullEqual=≧ GreaterGreater=⪢ GreaterLess=≷ GreaterSlantEqual=⩾ GreaterTilde=≳ ",
    "Gscr=\360\235\222\242 Gt=≫ HARDcy=Ъ Hacek=ˇ Hat=^ Hcirc=Ĥ Hfr=ℌ HilbertSpace=ℋ Hopf=ℍ ",
    "HorizontalLine=─ Hscr=ℋ Hstrok=Ħ HumpDownHump=≎ HumpEqual=≏ IEcy=Е IJlig=Ĳ IOcy=Ё Iacute!Í ",
    "Icirc!Î Icy=И Idot=İ Ifr=ℑ Igrave!Ì Im=ℑ Imacr=Ī ImaginaryI=ⅈ Implies=⇒ Int=∬ Integral=∫ ",
    "Intersection=⋂ InvisibleComma=\342\201\243 InvisibleTimes=\342\201\242 Iogon=Į ",
    "Iopf=\360\235\225\200 Iota=Ι Iscr=ℐ Itilde=Ĩ Iukcy=І Iuml!Ï Jcirc=Ĵ Jcy=Й ",
    "Jfr=\360\235\224\215 Jopf=\360\235\225\201 Jscr=\360\235\222\245 Jsercy=Ј Jukcy=Є KHcy=Х ",
    "KJcy=Ќ Kappa=Κ Kcedil=Ķ Kcy=К Kfr=\360\235\224\216 Kopf=\360\235\225\202 ",
    "Kscr=\360\235\222\246 LJcy=Љ LT!< Lacute=Ĺ Lambda=Λ Lang=⟪ Laplacetrf=ℒ Larr=↞ Lcaron=Ľ ",
    "Lcedil=Ļ Lcy=Л LeftAngleBracket=⟨ LeftArrow=← LeftArrowBar=⇤ LeftArrowRightArrow=⇆ ",
    "LeftCeiling=⌈ LeftDoubleBracket=⟦ LeftDownTeeVector=⥡ LeftDownVector=⇃ LeftDownVectorBar=⥙ ",
    "LeftFloor=⌊ LeftRightArrow=↔ LeftRightVector=⥎ LeftTee=⊣ LeftTeeArrow=↤ LeftTeeVector=⥚ ",
    "LeftTriangle=⊲ LeftTriangleBar=⧏ LeftTriangleEqual=⊴ LeftUpDownVector=⥑ LeftUpTeeVector=⥠ ",
    "LeftUpVector=↿ LeftUpVectorBar=⥘ LeftVector=↼ LeftVectorBar=⥒ Leftarrow=⇐ Leftrightarrow=⇔ ",
    "LessEqualGreater=⋚ LessFullEqual=≦ LessGreater=≶ LessLess=⪡ LessSlantEqual=⩽ LessTilde=≲ ",
    "Lfr=\360\235\224\217 Ll=⋘ Lleftarrow=⇚ Lmidot=Ŀ LongLeftArrow=⟵ LongLeftRightArrow=⟷ ",
    "LongRightArrow=⟶ Longleftarrow=⟸ Longleftrightarrow=⟺ Longrightarrow=⟹ ",
    "Lopf=\360\235\225\203 LowerLeftArrow=↙ LowerRightArrow=↘ Lscr=ℒ Lsh=↰ Lstrok=Ł Lt=≪ Map=⤅ ",
    "Mcy=М MediumSpace=\342\201\237 Mellintrf=ℳ Mfr=\360\235\224\220 MinusPlus=∓ ",
    "Mopf=\360\235\225\204 Mscr=ℳ Mu=Μ NJcy=Њ Nacute=Ń Ncaron=Ň Ncedil=Ņ Ncy=Н ",
    "NegativeMediumSpace=\342\200\213 NegativeThickSpace=\342\200\213 ",
    "NegativeThinSpace=\342\200\213 NegativeVeryThinSpace=\342\200\213 NestedGreaterGreater=≫ ",
    "NestedLessLess=≪ NewLine=\012 Nfr=\360\235\224\221 NoBreak=\342\201\240 ",
    "NonBreakingSpace=\302\240 Nopf=ℕ Not=⫬ NotCongruent=≢ NotCupCap=≭ NotDoubleVerticalBar=∦ ",
    "NotElement=∉ NotEqual=≠ NotEqualTilde=≂\314\270 NotExists=∄ NotGreater=≯ NotGreaterEqual=≱ ",
    "NotGreaterFullEqual=≧\314\270 NotGreaterGreater=≫\314\270 NotGreaterLess=≹ ",
    "NotGreaterSlantEqual=⩾\314\270 NotGreaterTilde=≵ NotHumpDownHump=≎\314\270 ",
    "NotHumpEqual=≏\314\270 NotLeftTriangle=⋪ NotLeftTriangleBar=⧏\314\270 ",
    "NotLeftTriangleEqual=⋬ NotLess=≮ NotLessEqual=≰ NotLessGreater=≸ NotLessLess=≪\314\270 ",
    "NotLessSlantEqual=⩽\314\270 NotLessTilde=≴ NotNestedGreaterGreater=⪢\314\270 ",
    "NotNestedLessLess=⪡\314\270 NotPrecedes=⊀ NotPrecedesEqual=⪯\314\270 ",
    "NotPrecedesSlantEqual=⋠ NotReverseElement=∌ NotRightTriangle=⋫ ",
    "NotRightTriangleBar=⧐\314\270 NotRightTriangleEqual=⋭ NotSquareSubset=⊏\314\270 ",
    "NotSquareSubsetEqual=⋢ NotSquareSuperset=⊐\314\270 NotSquareSupersetEqual=⋣ ",
    "NotSubset=⊂\342\203\222 NotSubsetEqual=⊈ NotSucceeds=⊁ NotSucceedsEqual=⪰\314\270 ",
    "NotSucceedsSlantEqual=⋡ NotSucceedsTilde=≿\314\270 NotSuperset=⊃\342\203\222 ",
    "NotSupersetEqual=⊉ NotTilde=≁ NotTildeEqual=≄ NotTildeFullEqual=≇ NotTildeTilde=≉ ",
    "NotVerticalBar=∤ Nscr=\360\235\222\251 Ntilde!Ñ Nu=Ν OElig=Œ Oacute!Ó Ocirc!Ô Ocy=О ",
    "Odblac=Ő Ofr=\360\235\224\222 Ograve!Ò Omacr=Ō Omega=Ω Omicron=Ο Oopf=\360\235\225\206 ",
    "OpenCurlyDoubleQuote=“ OpenCurlyQuote=‘ Or=⩔ Oscr=\360\235\222\252 Oslash!Ø Otilde!Õ ",
    "Otimes=⨷ Ouml!Ö OverBar=‾ OverBrace=⏞ OverBracket=⎴ OverParenthesis=⏜ PartialD=∂ Pcy=П ",
    "Pfr=\360\235\224\223 Phi=Φ Pi=Π PlusMinus=± Poincareplane=ℌ Popf=ℙ Pr=⪻ Precedes=≺ ",
    "PrecedesEqual=⪯ PrecedesSlantEqual=≼ PrecedesTilde=≾ Prime=″ Product=∏ Proportion=∷ ",
    "Proportional=∝ Pscr=\360\235\222\253 Psi=Ψ QUOT!\" Qfr=\360\235\224\224 Qopf=ℚ ",
    "Qscr=\360\235\222\254 RBarr=⤐ REG!® Racute=Ŕ Rang=⟫ Rarr=↠ Rarrtl=⤖ Rcaron=Ř Rcedil=Ŗ Rcy=Р ",
    "Re=ℜ ReverseElement=∋ ReverseEquilibrium=⇋ ReverseUpEquilibrium=⥯ Rfr=ℜ Rho=Ρ ",
    "RightAngleBracket=⟩ RightArrow=→ RightArrowBar=⇥ RightArrowLeftArrow=⇄ RightCeiling=⌉ ",
    "RightDoubleBracket=⟧ RightDownTeeVector=⥝ RightDownVector=⇂ RightDownVectorBar=⥕ ",
    "RightFloor=⌋ RightTee=⊢ RightTeeArrow=↦ RightTeeVector=⥛ RightTriangle=⊳ RightTriangleBar=⧐ ",
    "RightTriangleEqual=⊵ RightUpDownVector=⥏ RightUpTeeVector=⥜ RightUpVector=↾ ",
    "RightUpVectorBar=⥔ RightVector=⇀ RightVectorBar=⥓ Rightarrow=⇒ Ropf=ℝ RoundImplies=⥰ ",
    "Rrightarrow=⇛ Rscr=ℛ Rsh=↱ RuleDelayed=⧴ SHCHcy=Щ SHcy=Ш SOFTcy=Ь Sacute=Ś Sc=⪼ Scaron=Š ",
    "Scedil=Ş Scirc=Ŝ Scy=С Sfr=\360\235\224\226 ShortDownArrow=↓ ShortLeftArrow=← ",
    "ShortRightArrow=→ ShortUpArrow=↑ Sigma=Σ SmallCircle=∘ Sopf=\360\235\225\212 Sqrt=√ ",
    "Square=□ SquareIntersection=⊓ SquareSubset=⊏ SquareSubsetEqual=⊑ SquareSuperset=⊐ ",
    "SquareSupersetEqual=⊒ SquareUnion=⊔ Sscr=\360\235\222\256 Star=⋆ Sub=⋐ Subset=⋐ ",
    "SubsetEqual=⊆ Succeeds=≻ SucceedsEqual=⪰ SucceedsSlantEqual=≽ SucceedsTilde=≿ SuchThat=∋ ",
    "Sum=∑ Sup=⋑ Superset=⊃ SupersetEqual=⊇ Supset=⋑ THORN!Þ TRADE=™ TSHcy=Ћ TScy=Ц Tab=\011 ",
    "Tau=Τ Tcaron=Ť Tcedil=Ţ Tcy=Т Tfr=\360\235\224\227 Therefore=∴ Theta=Θ ",
    "ThickSpace=\342\201\237\342\200\212 ThinSpace=\342\200\211 Tilde=∼ TildeEqual=≃ ",
    "TildeFullEqual=≅ TildeTilde=≈ Topf=\360\235\225\213 TripleDot=\342\203\233 ",
    "Tscr=\360\235\222\257 Tstrok=Ŧ Uacute!Ú Uarr=↟ Uarrocir=⥉ Ubrcy=Ў Ubreve=Ŭ Ucirc!Û Ucy=У ",
    "Udblac=Ű Ufr=\360\235\224\230 Ugrave!Ù Umacr=Ū UnderBar=_ UnderBrace=⏟ UnderBracket=⎵ ",
    "UnderParenthesis=⏝ Union=⋃ UnionPlus=⊎ Uogon=Ų Uopf=\360\235\225\214 UpArrow=↑ UpArrowBar=⤒ ",
    "UpArrowDownArrow=⇅ UpDownArrow=↕ UpEquilibrium=⥮ UpTee=⊥ UpTeeArrow=↥ Uparrow=⇑ ",
    "Updownarrow=⇕ UpperLeftArrow=↖ UpperRightArrow=↗ Upsi=ϒ Upsilon=Υ Uring=Ů ",
    "Uscr=\360\235\222\260 Utilde=Ũ Uuml!Ü VDash=⊫ Vbar=⫫ Vcy=В Vdash=⊩ Vdashl=⫦ Vee=⋁ Verbar=‖ ",
    "Vert=‖ VerticalBar=∣ VerticalLine=| VerticalSeparator=❘ VerticalTilde=≀ ",
    "VeryThinSpace=\342\200\212 Vfr=\360\235\224\231 Vopf=\360\235\225\215 Vscr=\360\235\222\261 ",
    "Vvdash=⊪ Wcirc=Ŵ Wedge=⋀ Wfr=\360\235\224\232 Wopf=\360\235\225\216 Wscr=\360\235\222\262 ",
    "Xfr=\360\235\224\233 Xi=Ξ Xopf=\360\235\225\217 Xscr=\360\235\222\263 YAcy=Я YIcy=Ї YUcy=Ю ",
    "Yacute!Ý Ycirc=Ŷ Ycy=Ы Yfr=\360\235\224\234 Yopf=\360\235\225\220 Yscr=\360\235\222\264 ",
    "Yuml=Ÿ ZHcy=Ж Zacute=Ź Zcaron=Ž Zcy=З Zdot=Ż ZeroWidthSpace=\342\200\213 Zeta=Ζ Zfr=ℨ ",
    "Zopf=ℤ Zscr=\360\235\222\265 aacute!á abreve=ă ac=∾ acE=∾\314\263 acd=∿ acirc!â acute!´ ",
    "acy=а aelig!æ af=\342\201\241 afr=\360\235\224\236 agrave!à alefsym=ℵ aleph=ℵ alpha=α ",
    "amacr=ā amalg=⨿ amp!& and=∧ andand=⩕ andd=⩜ andslope=⩘ andv=⩚ ang=∠ ange=⦤ angle=∠ angmsd=∡ ",
    "angmsdaa=⦨ angmsdab=⦩ angmsdac=⦪ angmsdad=⦫ angmsdae=⦬ angmsdaf=⦭ angmsdag=⦮ angmsdah=⦯ ",
    "angrt=∟ angrtvb=⊾ angrtvbd=⦝ angsph=∢ angst=Å angzarr=⍼ aogon=ą aopf=\360\235\225\222 ap=≈ ",
    "apE=⩰ apacir=⩯ ape=≊ apid=≋ apos=' approx=≈ approxeq=≊ aring!å ascr=\360\235\222\266 ast=* ",
    "asymp=≈ asympeq=≍ atilde!ã auml!ä awconint=∳ awint=⨑ bNot=⫭ backcong=≌ backepsilon=϶ ",
    "backprime=‵ backsim=∽ backsimeq=⋍ barvee=⊽ barwed=⌅ barwedge=⌅ bbrk=⎵ bbrktbrk=⎶ bcong=≌ ",
    "bcy=б bdquo=„ becaus=∵ because=∵ bemptyv=⦰ bepsi=϶ bernou=ℬ beta=β beth=ℶ between=≬ ",
    "bfr=\360\235\224\237 bigcap=⋂ bigcirc=◯ bigcup=⋃ bigodot=⨀ bigoplus=⨁ bigotimes=⨂ ",
    "bigsqcup=⨆ bigstar=★ bigtriangledown=▽ bigtriangleup=△ biguplus=⨄ bigvee=⋁ bigwedge=⋀ ",
    "bkarow=⤍ blacklozenge=⧫ blacksquare=▪ blacktriangle=▴ blacktriangledown=▾ ",
    "blacktriangleleft=◂ blacktriangleright=▸ blank=␣ blk12=▒ blk14=░ blk34=▓ block=█ ",
    "bne==\342\203\245 bnequiv=≡\342\203\245 bnot=⌐ bopf=\360\235\225\223 bot=⊥ bottom=⊥ ",
    "bowtie=⋈ boxDL=╗ boxDR=╔ boxDl=╖ boxDr=╓ boxH=═ boxHD=╦ boxHU=╩ boxHd=╤ boxHu=╧ boxUL=╝ ",
    "boxUR=╚ boxUl=╜ boxUr=╙ boxV=║ boxVH=╬ boxVL=╣ boxVR=╠ boxVh=╫ boxVl=╢ boxVr=╟ boxbox=⧉ ",
    "boxdL=╕ boxdR=╒ boxdl=┐ boxdr=┌ boxh=─ boxhD=╥ boxhU=╨ boxhd=┬ boxhu=┴ boxminus=⊟ boxplus=⊞ ",
    "boxtimes=⊠ boxuL=╛ boxuR=╘ boxul=┘ boxur=└ boxv=│ boxvH=╪ boxvL=╡ boxvR=╞ boxvh=┼ boxvl=┤ ",
    "boxvr=├ bprime=‵ breve=˘ brvbar!¦ bscr=\360\235\222\267 bsemi=⁏ bsim=∽ bsime=⋍ bsol=\\ ",
    "bsolb=⧅ bsolhsub=⟈ bull=• bullet=• bump=≎ bumpE=⪮ bumpe=≏ bumpeq=≏ cacute=ć cap=∩ capand=⩄ ",
    "capbrcup=⩉ capcap=⩋ capcup=⩇ capdot=⩀ caps=∩\357\270\200 caret=⁁ caron=ˇ ccaps=⩍ ccaron=č ",
    "ccedil!ç ccirc=ĉ ccups=⩌ ccupssm=⩐ cdot=ċ cedil!¸ cemptyv=⦲ cent!¢ centerdot=· ",
    "cfr=\360\235\224\240 chcy=ч check=✓ checkmark=✓ chi=χ cir=○ cirE=⧃ circ=ˆ circeq=≗ ",
    "circlearrowleft=↺ circlearrowright=↻ circledR=® circledS=Ⓢ circledast=⊛ circledcirc=⊚ ",
    "circleddash=⊝ cire=≗ cirfnint=⨐ cirmid=⫯ cirscir=⧂ clubs=♣ clubsuit=♣ colon=: colone=≔ ",
    "coloneq=≔ comma=, commat=@ comp=∁ compfn=∘ complement=∁ complexes=ℂ cong=≅ congdot=⩭ ",
    "conint=∮ copf=\360\235\225\224 coprod=∐ copy!© copysr=℗ crarr=↵ cross=✗ ",
    "cscr=\360\235\222\270 csub=⫏ csube=⫑ csup=⫐ csupe=⫒ ctdot=⋯ cudarrl=⤸ cudarrr=⤵ cuepr=⋞ ",
    "cuesc=⋟ cularr=↶ cularrp=⤽ cup=∪ cupbrcap=⩈ cupcap=⩆ cupcup=⩊ cupdot=⊍ cupor=⩅ ",
    "cups=∪\357\270\200 curarr=↷ curarrm=⤼ curlyeqprec=⋞ curlyeqsucc=⋟ curlyvee=⋎ curlywedge=⋏ ",
    "curren!¤ curvearrowleft=↶ curvearrowright=↷ cuvee=⋎ cuwed=⋏ cwconint=∲ cwint=∱ cylcty=⌭ ",
    "dArr=⇓ dHar=⥥ dagger=† daleth=ℸ darr=↓ dash=‐ dashv=⊣ dbkarow=⤏ dblac=˝ dcaron=ď dcy=д dd=ⅆ ",
    "ddagger=‡ ddarr=⇊ ddotseq=⩷ deg!° delta=δ demptyv=⦱ dfisht=⥿ dfr=\360\235\224\241 dharl=⇃ ",
    "dharr=⇂ diam=⋄ diamond=⋄ diamondsuit=♦ diams=♦ die=¨ digamma=ϝ disin=⋲ div=÷ divide!÷ ",
    "divideontimes=⋇ divonx=⋇ djcy=ђ dlcorn=⌞ dlcrop=⌍ dollar=$ dopf=\360\235\225\225 dot=˙ ",
    "doteq=≐ doteqdot=≑ dotminus=∸ dotplus=∔ dotsquare=⊡ doublebarwedge=⌆ downarrow=↓ ",
    "downdownarrows=⇊ downharpoonleft=⇃ downharpoonright=⇂ drbkarow=⤐ drcorn=⌟ drcrop=⌌ ",
    "dscr=\360\235\222\271 dscy=ѕ dsol=⧶ dstrok=đ dtdot=⋱ dtri=▿ dtrif=▾ duarr=⇵ duhar=⥯ ",
    "dwangle=⦦ dzcy=џ dzigrarr=⟿ eDDot=⩷ eDot=≑ eacute!é easter=⩮ ecaron=ě ecir=≖ ecirc!ê ",
    "ecolon=≕ ecy=э edot=ė ee=ⅇ efDot=≒ efr=\360\235\224\242 eg=⪚ egrave!è egs=⪖ egsdot=⪘ el=⪙ ",
    "elinters=⏧ ell=ℓ els=⪕ elsdot=⪗ emacr=ē empty=∅ emptyset=∅ emptyv=∅ emsp=\342\200\203 ",
    "emsp13=\342\200\204 emsp14=\342\200\205 eng=ŋ ensp=\342\200\202 eogon=ę ",
    "eopf=\360\235\225\226 epar=⋕ eparsl=⧣ eplus=⩱ epsi=ε epsilon=ε epsiv=ϵ eqcirc=≖ eqcolon=≕ ",
    "eqsim=≂ eqslantgtr=⪖ eqslantless=⪕ equals== equest=≟ equiv=≡ equivDD=⩸ eqvparsl=⧥ erDot=≓ ",
    "erarr=⥱ escr=ℯ esdot=≐ esim=≂ eta=η eth!ð euml!ë euro=€ excl=! exist=∃ expectation=ℰ ",
    "exponentiale=ⅇ fallingdotseq=≒ fcy=ф female=♀ ffilig=ﬃ fflig=ﬀ ffllig=ﬄ ",
    "ffr=\360\235\224\243 filig=ﬁ fjlig=fj flat=♭ fllig=ﬂ fltns=▱ fnof=ƒ fopf=\360\235\225\227 ",
    "forall=∀ fork=⋔ forkv=⫙ fpartint=⨍ frac12!½ frac13=⅓ frac14!¼ frac15=⅕ frac16=⅙ frac18=⅛ ",
    "frac23=⅔ frac25=⅖ frac34!¾ frac35=⅗ frac38=⅜ frac45=⅘ frac56=⅚ frac58=⅝ frac78=⅞ frasl=⁄ ",
    "frown=⌢ fscr=\360\235\222\273 gE=≧ gEl=⪌ gacute=ǵ gamma=γ gammad=ϝ gap=⪆ gbreve=ğ gcirc=ĝ ",
    "gcy=г gdot=ġ ge=≥ gel=⋛ geq=≥ geqq=≧ geqslant=⩾ ges=⩾ gescc=⪩ gesdot=⪀ gesdoto=⪂ gesdotol=⪄ ",
    "gesl=⋛\357\270\200 gesles=⪔ gfr=\360\235\224\244 gg=≫ ggg=⋙ gimel=ℷ gjcy=ѓ gl=≷ glE=⪒ gla=⪥ ",
    "glj=⪤ gnE=≩ gnap=⪊ gnapprox=⪊ gne=⪈ gneq=⪈ gneqq=≩ gnsim=⋧ gopf=\360\235\225\230 grave=` ",
    "gscr=ℊ gsim=≳ gsime=⪎ gsiml=⪐ gt!> gtcc=⪧ gtcir=⩺ gtdot=⋗ gtlPar=⦕ gtquest=⩼ gtrapprox=⪆ ",
    "gtrarr=⥸ gtrdot=⋗ gtreqless=⋛ gtreqqless=⪌ gtrless=≷ gtrsim=≳ gvertneqq=≩\357\270\200 ",
    "gvnE=≩\357\270\200 hArr=⇔ hairsp=\342\200\212 half=½ hamilt=ℋ hardcy=ъ harr=↔ harrcir=⥈ ",
    "harrw=↭ hbar=ℏ hcirc=ĥ hearts=♥ heartsuit=♥ hellip=… hercon=⊹ hfr=\360\235\224\245 ",
    "hksearow=⤥ hkswarow=⤦ hoarr=⇿ homtht=∻ hookleftarrow=↩ hookrightarrow=↪ ",
    "hopf=\360\235\225\231 horbar=― hscr=\360\235\222\275 hslash=ℏ hstrok=ħ hybull=⁃ hyphen=‐ ",
    "iacute!í ic=\342\201\243 icirc!î icy=и iecy=е iexcl!¡ iff=⇔ ifr=\360\235\224\246 igrave!ì ",
    "ii=ⅈ iiiint=⨌ iiint=∭ iinfin=⧜ iiota=℩ ijlig=ĳ imacr=ī image=ℑ imagline=ℐ imagpart=ℑ ",
    "imath=ı imof=⊷ imped=Ƶ in=∈ incare=℅ infin=∞ infintie=⧝ inodot=ı int=∫ intcal=⊺ integers=ℤ ",
    "intercal=⊺ intlarhk=⨗ intprod=⨼ iocy=ё iogon=į iopf=\360\235\225\232 iota=ι iprod=⨼ ",
    "iquest!¿ iscr=\360\235\222\276 isin=∈ isinE=⋹ isindot=⋵ isins=⋴ isinsv=⋳ isinv=∈ ",
    "it=\342\201\242 itilde=ĩ iukcy=і iuml!ï jcirc=ĵ jcy=й jfr=\360\235\224\247 jmath=ȷ ",
    "jopf=\360\235\225\233 jscr=\360\235\222\277 jsercy=ј jukcy=є kappa=κ kappav=ϰ kcedil=ķ ",
    "kcy=к kfr=\360\235\224\250 kgreen=ĸ khcy=х kjcy=ќ kopf=\360\235\225\234 ",
    "kscr=\360\235\223\200 lAarr=⇚ lArr=⇐ lAtail=⤛ lBarr=⤎ lE=≦ lEg=⪋ lHar=⥢ lacute=ĺ laemptyv=⦴ ",
    "lagran=ℒ lambda=λ lang=⟨ langd=⦑ langle=⟨ lap=⪅ laquo!« larr=← larrb=⇤ larrbfs=⤟ larrfs=⤝ ",
    "larrhk=↩ larrlp=↫ larrpl=⤹ larrsim=⥳ larrtl=↢ lat=⪫ latail=⤙ late=⪭ lates=⪭\357\270\200 ",
    "lbarr=⤌ lbbrk=❲ lbrace={ lbrack=[ lbrke=⦋ lbrksld=⦏ lbrkslu=⦍ lcaron=ľ lcedil=ļ lceil=⌈ ",
    "lcub={ lcy=л ldca=⤶ ldquo=“ ldquor=„ ldrdhar=⥧ ldrushar=⥋ ldsh=↲ le=≤ leftarrow=← ",
    "leftarrowtail=↢ leftharpoondown=↽ leftharpoonup=↼ leftleftarrows=⇇ leftrightarrow=↔ ",
    "leftrightarrows=⇆ leftrightharpoons=⇋ leftrightsquigarrow=↭ leftthreetimes=⋋ leg=⋚ leq=≤ ",
    "leqq=≦ leqslant=⩽ les=⩽ lescc=⪨ lesdot=⩿ lesdoto=⪁ lesdotor=⪃ lesg=⋚\357\270\200 lesges=⪓ ",
    "lessapprox=⪅ lessdot=⋖ lesseqgtr=⋚ lesseqqgtr=⪋ lessgtr=≶ lesssim=≲ lfisht=⥼ lfloor=⌊ ",
    "lfr=\360\235\224\251 lg=≶ lgE=⪑ lhard=↽ lharu=↼ lharul=⥪ lhblk=▄ ljcy=љ ll=≪ llarr=⇇ ",
    "llcorner=⌞ llhard=⥫ lltri=◺ lmidot=ŀ lmoust=⎰ lmoustache=⎰ lnE=≨ lnap=⪉ lnapprox=⪉ lne=⪇ ",
    "lneq=⪇ lneqq=≨ lnsim=⋦ loang=⟬ loarr=⇽ lobrk=⟦ longleftarrow=⟵ longleftrightarrow=⟷ ",
    "longmapsto=⟼ longrightarrow=⟶ looparrowleft=↫ looparrowright=↬ lopar=⦅ ",
    "lopf=\360\235\225\235 loplus=⨭ lotimes=⨴ lowast=∗ lowbar=_ loz=◊ lozenge=◊ lozf=⧫ lpar=( ",
    "lparlt=⦓ lrarr=⇆ lrcorner=⌟ lrhar=⇋ lrhard=⥭ lrm=\342\200\216 lrtri=⊿ lsaquo=‹ ",
    "lscr=\360\235\223\201 lsh=↰ lsim=≲ lsime=⪍ lsimg=⪏ lsqb=[ lsquo=‘ lsquor=‚ lstrok=ł lt!< ",
    "ltcc=⪦ ltcir=⩹ ltdot=⋖ lthree=⋋ ltimes=⋉ ltlarr=⥶ ltquest=⩻ ltrPar=⦖ ltri=◃ ltrie=⊴ ltrif=◂ ",
    "lurdshar=⥊ luruhar=⥦ lvertneqq=≨\357\270\200 lvnE=≨\357\270\200 mDDot=∺ macr!¯ male=♂ ",
    "malt=✠ maltese=✠ map=↦ mapsto=↦ mapstodown=↧ mapstoleft=↤ mapstoup=↥ marker=▮ mcomma=⨩ ",
    "mcy=м mdash=— measuredangle=∡ mfr=\360\235\224\252 mho=℧ micro!µ mid=∣ midast=* midcir=⫰ ",
    "middot!· minus=− minusb=⊟ minusd=∸ minusdu=⨪ mlcp=⫛ mldr=… mnplus=∓ models=⊧ ",
    "mopf=\360\235\225\236 mp=∓ mscr=\360\235\223\202 mstpos=∾ mu=μ multimap=⊸ mumap=⊸ ",
    "nGg=⋙\314\270 nGt=≫\342\203\222 nGtv=≫\314\270 nLeftarrow=⇍ nLeftrightarrow=⇎ nLl=⋘\314\270 ",
    "nLt=≪\342\203\222 nLtv=≪\314\270 nRightarrow=⇏ nVDash=⊯ nVdash=⊮ nabla=∇ nacute=ń ",
    "nang=∠\342\203\222 nap=≉ napE=⩰\314\270 napid=≋\314\270 napos=ŉ napprox=≉ natur=♮ natural=♮ ",
    "naturals=ℕ nbsp!\302\240 nbump=≎\314\270 nbumpe=≏\314\270 ncap=⩃ ncaron=ň ncedil=ņ ncong=≇ ",
    "ncongdot=⩭\314\270 ncup=⩂ ncy=н ndash=– ne=≠ neArr=⇗ nearhk=⤤ nearr=↗ nearrow=↗ ",
    "nedot=≐\314\270 nequiv=≢ nesear=⤨ nesim=≂\314\270 nexist=∄ nexists=∄ nfr=\360\235\224\253 ",
    "ngE=≧\314\270 nge=≱ ngeq=≱ ngeqq=≧\314\270 ngeqslant=⩾\314\270 nges=⩾\314\270 ngsim=≵ ngt=≯ ",
    "ngtr=≯ nhArr=⇎ nharr=↮ nhpar=⫲ ni=∋ nis=⋼ nisd=⋺ niv=∋ njcy=њ nlArr=⇍ nlE=≦\314\270 nlarr=↚ ",
    "nldr=‥ nle=≰ nleftarrow=↚ nleftrightarrow=↮ nleq=≰ nleqq=≦\314\270 nleqslant=⩽\314\270 ",
    "nles=⩽\314\270 nless=≮ nlsim=≴ nlt=≮ nltri=⋪ nltrie=⋬ nmid=∤ nopf=\360\235\225\237 not!¬ ",
    "notin=∉ notinE=⋹\314\270 notindot=⋵\314\270 notinva=∉ notinvb=⋷ notinvc=⋶ notni=∌ notniva=∌ ",
    "notnivb=⋾ notnivc=⋽ npar=∦ nparallel=∦ nparsl=⫽\342\203\245 npart=∂\314\270 npolint=⨔ npr=⊀ ",
    "nprcue=⋠ npre=⪯\314\270 nprec=⊀ npreceq=⪯\314\270 nrArr=⇏ nrarr=↛ nrarrc=⤳\314\270 ",
    "nrarrw=↝\314\270 nrightarrow=↛ nrtri=⋫ nrtrie=⋭ nsc=⊁ nsccue=⋡ nsce=⪰\314\270 ",
    "nscr=\360\235\223\203 nshortmid=∤ nshortparallel=∦ nsim=≁ nsime=≄ nsimeq=≄ nsmid=∤ nspar=∦ ",
    "nsqsube=⋢ nsqsupe=⋣ nsub=⊄ nsubE=⫅\314\270 nsube=⊈ nsubset=⊂\342\203\222 nsubseteq=⊈ ",
    "nsubseteqq=⫅\314\270 nsucc=⊁ nsucceq=⪰\314\270 nsup=⊅ nsupE=⫆\314\270 nsupe=⊉ ",
    "nsupset=⊃\342\203\222 nsupseteq=⊉ nsupseteqq=⫆\314\270 ntgl=≹ ntilde!ñ ntlg=≸ ",
    "ntriangleleft=⋪ ntrianglelefteq=⋬ ntriangleright=⋫ ntrianglerighteq=⋭ nu=ν num=# numero=№ ",
    "numsp=\342\200\207 nvDash=⊭ nvHarr=⤄ nvap=≍\342\203\222 nvdash=⊬ nvge=≥\342\203\222 ",
    "nvgt=>\342\203\222 nvinfin=⧞ nvlArr=⤂ nvle=≤\342\203\222 nvlt=<\342\203\222 ",
    "nvltrie=⊴\342\203\222 nvrArr=⤃ nvrtrie=⊵\342\203\222 nvsim=∼\342\203\222 nwArr=⇖ nwarhk=⤣ ",
    "nwarr=↖ nwarrow=↖ nwnear=⤧ oS=Ⓢ oacute!ó oast=⊛ ocir=⊚ ocirc!ô ocy=о odash=⊝ odblac=ő ",
    "odiv=⨸ odot=⊙ odsold=⦼ oelig=œ ofcir=⦿ ofr=\360\235\224\254 ogon=˛ ograve!ò ogt=⧁ ohbar=⦵ ",
    "ohm=Ω oint=∮ olarr=↺ olcir=⦾ olcross=⦻ oline=‾ olt=⧀ omacr=ō omega=ω omicron=ο omid=⦶ ",
    "ominus=⊖ oopf=\360\235\225\240 opar=⦷ operp=⦹ oplus=⊕ or=∨ orarr=↻ ord=⩝ order=ℴ orderof=ℴ ",
    "ordf!ª ordm!º origof=⊶ oror=⩖ orslope=⩗ orv=⩛ oscr=ℴ oslash!ø osol=⊘ otilde!õ otimes=⊗ ",
    "otimesas=⨶ ouml!ö ovbar=⌽ par=∥ para!¶ parallel=∥ parsim=⫳ parsl=⫽ part=∂ pcy=п percnt=% ",
    "period=. permil=‰ perp=⊥ pertenk=‱ pfr=\360\235\224\255 phi=φ phiv=ϕ phmmat=ℳ phone=☎ pi=π ",
    "pitchfork=⋔ piv=ϖ planck=ℏ planckh=ℎ plankv=ℏ plus=+ plusacir=⨣ plusb=⊞ pluscir=⨢ plusdo=∔ ",
    "plusdu=⨥ pluse=⩲ plusmn!± plussim=⨦ plustwo=⨧ pm=± pointint=⨕ popf=\360\235\225\241 pound!£ ",
    "pr=≺ prE=⪳ prap=⪷ prcue=≼ pre=⪯ prec=≺ precapprox=⪷ preccurlyeq=≼ preceq=⪯ precnapprox=⪹ ",
    "precneqq=⪵ precnsim=⋨ precsim=≾ prime=′ primes=ℙ prnE=⪵ prnap=⪹ prnsim=⋨ prod=∏ profalar=⌮ ",
    "profline=⌒ profsurf=⌓ prop=∝ propto=∝ prsim=≾ prurel=⊰ pscr=\360\235\223\205 psi=ψ ",
    "puncsp=\342\200\210 qfr=\360\235\224\256 qint=⨌ qopf=\360\235\225\242 qprime=⁗ ",
    "qscr=\360\235\223\206 quaternions=ℍ quatint=⨖ quest=\077 questeq=≟ quot!\" rAarr=⇛ rArr=⇒ ",
    "rAtail=⤜ rBarr=⤏ rHar=⥤ race=∽\314\261 racute=ŕ radic=√ raemptyv=⦳ rang=⟩ rangd=⦒ range=⦥ ",
    "rangle=⟩ raquo!» rarr=→ rarrap=⥵ rarrb=⇥ rarrbfs=⤠ rarrc=⤳ rarrfs=⤞ rarrhk=↪ rarrlp=↬ ",
    "rarrpl=⥅ rarrsim=⥴ rarrtl=↣ rarrw=↝ ratail=⤚ ratio=∶ rationals=ℚ rbarr=⤍ rbbrk=❳ rbrace=} ",
    "rbrack=] rbrke=⦌ rbrksld=⦎ rbrkslu=⦐ rcaron=ř rcedil=ŗ rceil=⌉ rcub=} rcy=р rdca=⤷ ",
    "rdldhar=⥩ rdquo=” rdquor=” rdsh=↳ real=ℜ realine=ℛ realpart=ℜ reals=ℝ rect=▭ reg!® rfisht=⥽ ",
    "rfloor=⌋ rfr=\360\235\224\257 rhard=⇁ rharu=⇀ rharul=⥬ rho=ρ rhov=ϱ rightarrow=→ ",
    "rightarrowtail=↣ rightharpoondown=⇁ rightharpoonup=⇀ rightleftarrows=⇄ rightleftharpoons=⇌ ",
    "rightrightarrows=⇉ rightsquigarrow=↝ rightthreetimes=⋌ ring=˚ risingdotseq=≓ rlarr=⇄ ",
    "rlhar=⇌ rlm=\342\200\217 rmoust=⎱ rmoustache=⎱ rnmid=⫮ roang=⟭ roarr=⇾ robrk=⟧ ropar=⦆ ",
    "ropf=\360\235\225\243 roplus=⨮ rotimes=⨵ rpar=) rpargt=⦔ rppolint=⨒ rrarr=⇉ rsaquo=› ",
    "rscr=\360\235\223\207 rsh=↱ rsqb=] rsquo=’ rsquor=’ rthree=⋌ rtimes=⋊ rtri=▹ rtrie=⊵ ",
    "rtrif=▸ rtriltri=⧎ ruluhar=⥨ rx=℞ sacute=ś sbquo=‚ sc=≻ scE=⪴ scap=⪸ scaron=š sccue=≽ sce=⪰ ",
    "scedil=ş scirc=ŝ scnE=⪶ scnap=⪺ scnsim=⋩ scpolint=⨓ scsim=≿ scy=с sdot=⋅ sdotb=⊡ sdote=⩦ ",
    "seArr=⇘ searhk=⤥ searr=↘ searrow=↘ sect!§ semi=; seswar=⤩ setminus=∖ setmn=∖ sext=✶ ",
    "sfr=\360\235\224\260 sfrown=⌢ sharp=♯ shchcy=щ shcy=ш shortmid=∣ shortparallel=∥ ",
    "shy!\302\255 sigma=σ sigmaf=ς sigmav=ς sim=∼ simdot=⩪ sime=≃ simeq=≃ simg=⪞ simgE=⪠ siml=⪝ ",
    "simlE=⪟ simne=≆ simplus=⨤ simrarr=⥲ slarr=← smallsetminus=∖ smashp=⨳ smeparsl=⧤ smid=∣ ",
    "smile=⌣ smt=⪪ smte=⪬ smtes=⪬\357\270\200 softcy=ь sol=/ solb=⧄ solbar=⌿ ",
    "sopf=\360\235\225\244 spades=♠ spadesuit=♠ spar=∥ sqcap=⊓ sqcaps=⊓\357\270\200 sqcup=⊔ ",
    "sqcups=⊔\357\270\200 sqsub=⊏ sqsube=⊑ sqsubset=⊏ sqsubseteq=⊑ sqsup=⊐ sqsupe=⊒ sqsupset=⊐ ",
    "sqsupseteq=⊒ squ=□ square=□ squarf=▪ squf=▪ srarr=→ sscr=\360\235\223\210 ssetmn=∖ ssmile=⌣ ",
    "sstarf=⋆ star=☆ starf=★ straightepsilon=ϵ straightphi=ϕ strns=¯ sub=⊂ subE=⫅ subdot=⪽ ",
    "sube=⊆ subedot=⫃ submult=⫁ subnE=⫋ subne=⊊ subplus=⪿ subrarr=⥹ subset=⊂ subseteq=⊆ ",
    "subseteqq=⫅ subsetneq=⊊ subsetneqq=⫋ subsim=⫇ subsub=⫕ subsup=⫓ succ=≻ succapprox=⪸ ",
    "succcurlyeq=≽ succeq=⪰ succnapprox=⪺ succneqq=⪶ succnsim=⋩ succsim=≿ sum=∑ sung=♪ sup=⊃ ",
    "sup1!¹ sup2!² sup3!³ supE=⫆ supdot=⪾ supdsub=⫘ supe=⊇ supedot=⫄ suphsol=⟉ suphsub=⫗ ",
    "suplarr=⥻ supmult=⫂ supnE=⫌ supne=⊋ supplus=⫀ supset=⊃ supseteq=⊇ supseteqq=⫆ supsetneq=⊋ ",
    "supsetneqq=⫌ supsim=⫈ supsub=⫔ supsup=⫖ swArr=⇙ swarhk=⤦ swarr=↙ swarrow=↙ swnwar=⤪ szlig!ß ",
    "target=⌖ tau=τ tbrk=⎴ tcaron=ť tcedil=ţ tcy=т tdot=\342\203\233 telrec=⌕ ",
    "tfr=\360\235\224\261 there4=∴ therefore=∴ theta=θ thetasym=ϑ thetav=ϑ thickapprox=≈ ",
    "thicksim=∼ thinsp=\342\200\211 thkap=≈ thksim=∼ thorn!þ tilde=˜ times!× timesb=⊠ timesbar=⨱ ",
    "timesd=⨰ tint=∭ toea=⤨ top=⊤ topbot=⌶ topcir=⫱ topf=\360\235\225\245 topfork=⫚ tosa=⤩ ",
    "tprime=‴ trade=™ triangle=▵ triangledown=▿ triangleleft=◃ trianglelefteq=⊴ triangleq=≜ ",
    "triangleright=▹ trianglerighteq=⊵ tridot=◬ trie=≜ triminus=⨺ triplus=⨹ trisb=⧍ tritime=⨻ ",
    "trpezium=⏢ tscr=\360\235\223\211 tscy=ц tshcy=ћ tstrok=ŧ twixt=≬ twoheadleftarrow=↞ ",
    "twoheadrightarrow=↠ uArr=⇑ uHar=⥣ uacute!ú uarr=↑ ubrcy=ў ubreve=ŭ ucirc!û ucy=у udarr=⇅ ",
    "udblac=ű udhar=⥮ ufisht=⥾ ufr=\360\235\224\262 ugrave!ù uharl=↿ uharr=↾ uhblk=▀ ulcorn=⌜ ",
    "ulcorner=⌜ ulcrop=⌏ ultri=◸ umacr=ū uml!¨ uogon=ų uopf=\360\235\225\246 uparrow=↑ ",
    "updownarrow=↕ upharpoonleft=↿ upharpoonright=↾ uplus=⊎ upsi=υ upsih=ϒ upsilon=υ ",
    "upuparrows=⇈ urcorn=⌝ urcorner=⌝ urcrop=⌎ uring=ů urtri=◹ uscr=\360\235\223\212 utdot=⋰ ",
    "utilde=ũ utri=▵ utrif=▴ uuarr=⇈ uuml!ü uwangle=⦧ vArr=⇕ vBar=⫨ vBarv=⫩ vDash=⊨ vangrt=⦜ ",
    "varepsilon=ϵ varkappa=ϰ varnothing=∅ varphi=ϕ varpi=ϖ varpropto=∝ varr=↕ varrho=ϱ ",
    "varsigma=ς varsubsetneq=⊊\357\270\200 varsubsetneqq=⫋\357\270\200 ",
    "varsupsetneq=⊋\357\270\200 varsupsetneqq=⫌\357\270\200 vartheta=ϑ vartriangleleft=⊲ ",
    "vartriangleright=⊳ vcy=в vdash=⊢ vee=∨ veebar=⊻ veeeq=≚ vellip=⋮ verbar=| vert=| ",
    "vfr=\360\235\224\263 vltri=⊲ vnsub=⊂\342\203\222 vnsup=⊃\342\203\222 vopf=\360\235\225\247 ",
    "vprop=∝ vrtri=⊳ vscr=\360\235\223\213 vsubnE=⫋\357\270\200 vsubne=⊊\357\270\200 ",
    "vsupnE=⫌\357\270\200 vsupne=⊋\357\270\200 vzigzag=⦚ wcirc=ŵ wedbar=⩟ wedge=∧ wedgeq=≙ ",
    "weierp=℘ wfr=\360\235\224\264 wopf=\360\235\225\250 wp=℘ wr=≀ wreath=≀ ",
    "wscr=\360\235\223\214 xcap=⋂ xcirc=◯ xcup=⋃ xdtri=▽ xfr=\360\235\224\265 xhArr=⟺ xharr=⟷ ",
    "xi=ξ xlArr=⟸ xlarr=⟵ xmap=⟼ xnis=⋻ xodot=⨀ xopf=\360\235\225\251 xoplus=⨁ xotime=⨂ xrArr=⟹ ",
    "xrarr=⟶ xscr=\360\235\223\215 xsqcup=⨆ xuplus=⨄ xutri=△ xvee=⋁ xwedge=⋀ yacute!ý yacy=я ",
    "ycirc=ŷ ycy=ы yen!¥ yfr=\360\235\224\266 yicy=ї yopf=\360\235\225\252 yscr=\360\235\223\216 ",
    "yucy=ю yuml!ÿ zacute=ź zcaron=ž zcy=з zdot=ż zeetrf=ℨ zeta=ζ zfr=\360\235\224\267 zhcy=ж ",
    "zigrarr=⇝ zopf=\360\235\225\253 zscr=\360\235\223\217 zwj=\342\200\215 zwnj=\342\200\214 ",
};

struct entity {
    struct span text;
    bool bare; /* may stand without its semicolon */
};

/* Whether `row` begins with a name that comes after `name`. */
static bool row_is_after(const char *row, struct span name) {
    size_t size = 0;
    while (byte_is_alpha(row[size]) || byte_is_digit(row[size])) {
        size++;
    }
    return span_compare((struct span){row, size}, name) > 0;
}

static bool row_find(struct span row, struct span name, struct entity *entity) {
    struct span entry;
    while (span_split(&row, ' ', &entry)) {
        if (entry.size > name.size && span_starts_with(entry, name) &&
            (entry.data[name.size] == '=' || entry.data[name.size] == '!')) {
            *entity =
                (struct entity){span_from(entry, name.size + 1), entry.data[name.size] == '!'};
            return true;
        }
    }
    return false;
}

static bool entity_find(struct span name, struct entity *entity) {
    size_t low = 0;
    size_t high = sizeof entities / sizeof entities[0];
    while (low < high) { /* the first row that begins after the name */
        size_t middle = (low + high) / 2;
        if (row_is_after(entities[middle], name)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low > 0 && row_find(span_of(entities[low - 1]), name, entity);
}

/* 0x80..0x9F mean windows-1252 on the web, whatever Unicode has there. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

uint32_t entity_mend_rune(uint32_t rune) {
    if (rune >= 0x80 && rune <= 0x9F) {
        return windows_1252[rune - 0x80];
    }
    bool control = (rune < 0x20 && rune != '\t' && rune != '\n' && rune != '\r') || rune == 0x7F;
    bool surrogate = rune >= 0xD800 && rune <= 0xDFFF;
    return control || surrogate || rune > 0x10FFFF || rune >> 1 == 0x7FFF ? 0xFFFD : rune;
}

static int digit_value(char c) {
    if (byte_is_digit(c)) {
        return c - '0';
    }
    c = byte_to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

size_t rune_encode(uint32_t rune, char text[4]) {
    if (rune < 0x80) {
        text[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        text[0] = (char)(0xC0 | rune >> 6);
        text[1] = (char)(0x80 | (rune & 0x3F));
        return 2;
    }
    if (rune < 0x10000) {
        text[0] = (char)(0xE0 | rune >> 12);
        text[1] = (char)(0x80 | (rune >> 6 & 0x3F));
        text[2] = (char)(0x80 | (rune & 0x3F));
        return 3;
    }
    text[0] = (char)(0xF0 | rune >> 18);
    text[1] = (char)(0x80 | (rune >> 12 & 0x3F));
    text[2] = (char)(0x80 | (rune >> 6 & 0x3F));
    text[3] = (char)(0x80 | (rune & 0x3F));
    return 4;
}

static size_t numeric_decode(struct span text, char out[ENTITY_TEXT_SIZE], size_t *out_size) {
    bool hex = text.size > 2 && (text.data[2] == 'x' || text.data[2] == 'X');
    int base = hex ? 16 : 10;
    size_t at = hex ? 3 : 2;
    size_t begin = at;
    uint32_t rune = 0;
    while (at < text.size && digit_value(text.data[at]) < base) {
        if (rune <= 0x10FFFF) { /* beyond that it stays too large: no overflow */
            rune = rune * (uint32_t)base + (uint32_t)digit_value(text.data[at]);
        }
        at++;
    }
    if (at == begin) {
        return 0;
    }
    *out_size = rune_encode(entity_mend_rune(rune), out);
    return at < text.size && text.data[at] == ';' ? at + 1 : at;
}

/* The five that are nearly all there is, before the search. */
static size_t common_decode(struct span text, char out[ENTITY_TEXT_SIZE], size_t *out_size) {
    static const struct {
        struct span reference;
        const char *text;
    } common[] = {{{"&amp;", 5}, "&"},
                  {{"&lt;", 4}, "<"},
                  {{"&gt;", 4}, ">"},
                  {{"&quot;", 6}, "\""},
                  {{"&nbsp;", 6}, "\302\240"}};
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (span_starts_with(text, common[i].reference)) {
            *out_size = strlen(common[i].text);
            memcpy(out, common[i].text, *out_size);
            return common[i].reference.size;
        }
    }
    return 0;
}

#define ENTITY_NAME_LONGEST 31 /* CounterClockwiseContourIntegral */

static size_t named_decode(struct span text, char out[ENTITY_TEXT_SIZE], size_t *out_size) {
    size_t size = 1;
    while (size < text.size && size <= ENTITY_NAME_LONGEST &&
           (byte_is_alpha(text.data[size]) || byte_is_digit(text.data[size]))) {
        size++;
    }
    struct span name = span_from(span_first(text, size), 1);
    struct entity entity;
    bool found = size < text.size && text.data[size] == ';' && entity_find(name, &entity);
    size_t used = size + 1;
    /* Without its semicolon: the longest name that may stand so, as in "&copy2024". */
    while (!found && name.size >= 2) {
        found = entity_find(name, &entity) && entity.bare;
        used = name.size + 1;
        name.size--;
    }
    if (!found) {
        return 0;
    }
    *out_size = entity.text.size;
    memcpy(out, entity.text.data, entity.text.size);
    return used;
}

size_t entity_decode(struct span text, char out[ENTITY_TEXT_SIZE], size_t *out_size) {
    if (text.size < 3 || text.data[0] != '&') {
        return 0;
    }
    if (text.data[1] == '#') {
        return numeric_decode(text, out, out_size);
    }
    size_t used = common_decode(text, out, out_size);
    return used > 0 ? used : named_decode(text, out, out_size);
}
