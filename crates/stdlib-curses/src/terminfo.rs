//! Descriptions of terminals: files in the compiled format of `term(5)`, looked up by name.
//!
//! Rejected: the crates `terminfo` and `termini`. Both read the files themselves, where calls to the system have to go
//! through `taipan_host`; neither knows capabilities by the short names that `tigetstr` is asked for, which need the three
//! lists below in any case; and what is left then is the hundred lines of the format.

use std::collections::HashMap;
use taipan_host::{env, fs};

/// Names of the capabilities that are there or not, in the order of the files.
const FLAGS: &str = "\
    bw am xsb xhp xenl eo gn hc km hs in da db mir msgr os eslok xt hz ul xon nxon mc5i chts nrrmc npc ndscr ccc bce \
    hls xhpa crxm daisy xvpa sam cpix lpix OTbs OTns OTnc OTMT OTNL OTpt OTxr";

/// Names of the numbers.
const NUMBERS: &str = "\
    cols it lines lm xmc pb vt wsl nlab lh lw ma wnum colors pairs ncv bufsz spinv spinh maddr mjump mcs mls npins \
    orc orl orhi orvi cps widcs btns bitwin bitype OTug OTdC OTdN OTdB OTdT OTkn";

/// Names of the strings.
const STRINGS: &str = "\
    cbt bel cr csr tbc clear el ed hpa cmdch cup cud1 home civis cub1 mrcup cnorm cuf1 ll cuu1 cvvis dch1 dl1 dsl hd \
    smacs blink bold smcup smdc dim smir invis prot rev smso smul ech rmacs sgr0 rmcup rmdc rmir rmso rmul flash ff \
    fsl is1 is2 is3 if ich1 il1 ip kbs ktbc kclr kctab kdch1 kdl1 kcud1 krmir kel ked kf0 kf1 kf10 kf2 kf3 kf4 kf5 \
    kf6 kf7 kf8 kf9 khome kich1 kil1 kcub1 kll knp kpp kcuf1 kind kri khts kcuu1 rmkx smkx lf0 lf1 lf10 lf2 lf3 lf4 \
    lf5 lf6 lf7 lf8 lf9 rmm smm nel pad dch dl cud ich indn il cub cuf rin cuu pfkey pfloc pfx mc0 mc4 mc5 rep rs1 \
    rs2 rs3 rf rc vpa sc ind ri sgr hts wind ht tsl uc hu iprog ka1 ka3 kb2 kc1 kc3 mc5p rmp acsc pln kcbt smxon \
    rmxon smam rmam xonc xoffc enacs smln rmln kbeg kcan kclo kcmd kcpy kcrt kend kent kext kfnd khlp kmrk kmsg kmov \
    knxt kopn kopt kprv kprt krdo kref krfr krpl krst kres ksav kspd kund kBEG kCAN kCMD kCPY kCRT kDC kDL kslt kEND \
    kEOL kEXT kFND kHLP kHOM kIC kLFT kMSG kMOV kNXT kOPT kPRV kPRT kRDO kRPL kRIT kRES kSAV kSPD kUND rfi kf11 kf12 \
    kf13 kf14 kf15 kf16 kf17 kf18 kf19 kf20 kf21 kf22 kf23 kf24 kf25 kf26 kf27 kf28 kf29 kf30 kf31 kf32 kf33 kf34 \
    kf35 kf36 kf37 kf38 kf39 kf40 kf41 kf42 kf43 kf44 kf45 kf46 kf47 kf48 kf49 kf50 kf51 kf52 kf53 kf54 kf55 kf56 \
    kf57 kf58 kf59 kf60 kf61 kf62 kf63 el1 mgc smgl smgr fln sclk dclk rmclk cwin wingo hup dial qdial tone pulse \
    hook pause wait u0 u1 u2 u3 u4 u5 u6 u7 u8 u9 op oc initc initp scp setf setb cpi lpi chr cvr defc swidm sdrfq \
    sitm slm smicm snlq snrmq sshm ssubm ssupm sum rwidm ritm rlm rmicm rshm rsubm rsupm rum mhpa mcud1 mcub1 mcuf1 \
    mvpa mcuu1 porder mcud mcub mcuf mcuu scs smgb smgbp smglp smgrp smgt smgtp sbim scsd rbim rcsd subcs supcs docr \
    zerom csnm kmous minfo reqmp getm setaf setab pfxl devt csin s0ds s1ds s2ds s3ds smglr smgtb birep binel bicr \
    colornm defbi endbi setcolor slines dispc smpch rmpch smsc rmsc pctrm scesc scesa ehhlm elhlm elohlm erhlm ethlm \
    evhlm sgr1 slength OTi2 OTrs OTnl OTbc OTko OTma OTG2 OTG3 OTG1 OTG4 OTGR OTGL OTGU OTGD OTGH OTGV OTGC meml \
    memu box1";

/// Folders of descriptions, after those of the user.
const FOLDERS: [&str; 4] = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"];
/// The first number of files with 16 and with 32 bits for each number.
const MAGIC: u16 = 0o432;
const MAGIC_WIDE: u16 = 0o1036;

/// The description of a terminal.
#[derive(Clone, Debug, Default)]
pub struct Terminfo {
    /// The names, divided by bars; the last one is for people.
    pub names: Vec<u8>,
    flags: HashMap<String, bool>,
    numbers: HashMap<String, i32>,
    strings: HashMap<String, Vec<u8>>,
    /// Names of the strings beyond the lists, in the order of the file.
    pub extended: Vec<String>,
}

/// Takes the parts of a file one after the other.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn short(&mut self) -> Option<i16> {
        self.take(2).map(|b| i16::from_le_bytes([b[0], b[1]]))
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.short()?).ok()
    }

    fn shorts(&mut self, count: usize) -> Option<Vec<i16>> {
        (0..count).map(|_| self.short()).collect()
    }

    fn numbers(&mut self, count: usize, wide: bool) -> Option<Vec<i32>> {
        let one = |r: &mut Self| match wide {
            true => r.take(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])),
            false => r.short().map(i32::from),
        };
        (0..count).map(|_| one(self)).collect()
    }

    fn align(&mut self) {
        self.at += self.at & 1;
    }
}

/// The bytes up to the next zero.
fn text(table: &[u8], at: usize) -> Option<&[u8]> {
    let rest = table.get(at..)?;
    Some(&rest[..rest.iter().position(|b| *b == 0)?])
}

fn string(table: &[u8], at: i16) -> Option<Vec<u8>> {
    text(table, usize::try_from(at).ok()?).map(<[u8]>::to_vec)
}

impl Terminfo {
    /// Reads a file's bytes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut r = Reader { bytes, at: 0 };
        let wide = match r.short()? as u16 {
            MAGIC => false,
            MAGIC_WIDE => true,
            _ => return None,
        };
        let [names, flags, numbers, strings, table] = [r.size()?, r.size()?, r.size()?, r.size()?, r.size()?];
        let mut info = Self { names: text(r.take(names)?, 0)?.to_vec(), ..Self::default() };
        for (name, value) in FLAGS.split(' ').zip(r.take(flags)?) {
            info.flags.insert(name.to_owned(), *value == 1);
        }
        r.align();
        for (name, value) in NUMBERS.split(' ').zip(r.numbers(numbers, wide)?) {
            if value >= 0 {
                info.numbers.insert(name.to_owned(), value);
            }
        }
        let offsets = r.shorts(strings)?;
        let table = r.take(table)?;
        for (name, at) in STRINGS.split(' ').zip(offsets) {
            if let Some(value) = string(table, at) {
                info.strings.insert(name.to_owned(), value);
            }
        }
        r.align();
        // Descriptions without an extension are whole.
        info.extend(&mut r, wide);
        Some(info)
    }

    /// Reads the capabilities whose names are in the file.
    fn extend(&mut self, r: &mut Reader<'_>, wide: bool) -> Option<()> {
        let [flags, numbers, strings, _used, _size] = [r.size()?, r.size()?, r.size()?, r.size()?, r.size()?];
        let flag_values = r.take(flags)?;
        r.align();
        let number_values = r.numbers(numbers, wide)?;
        let values = r.shorts(strings)?;
        let names = r.shorts(flags + numbers + strings)?;
        let table = r.bytes.get(r.at..)?;
        let strings: Vec<_> = values.iter().map(|at| string(table, *at)).collect();
        // Names come behind the values.
        let mut end = 0;
        for at in values.iter().filter_map(|at| usize::try_from(*at).ok()) {
            end = end.max(at + text(table, at)?.len() + 1);
        }
        let table = table.get(end..)?;
        let names: Option<Vec<String>> = names.iter().map(|at| String::from_utf8(string(table, *at)?).ok()).collect();
        let mut names = names?.into_iter();
        self.flags.extend(names.by_ref().zip(flag_values.iter().map(|v| *v == 1)));
        self.numbers.extend(names.by_ref().zip(number_values).filter(|(_, v)| *v >= 0));
        for (name, value) in names.zip(strings) {
            self.extended.push(name.clone());
            if let Some(value) = value {
                self.strings.insert(name, value);
            }
        }
        Some(())
    }

    /// Finds the description of a terminal.
    pub fn find(name: &[u8]) -> Option<Self> {
        let first = *name.first()?;
        if name.contains(&b'/') {
            return None;
        }
        let mut folders = Vec::new();
        folders.extend(env::get(b"TERMINFO"));
        folders.extend(env::get(b"HOME").map(|home| [&home, &b"/.terminfo"[..]].concat()));
        let listed = env::get(b"TERMINFO_DIRS").unwrap_or_default();
        folders.extend(listed.split(|b| *b == b':').filter(|f| !f.is_empty()).map(<[u8]>::to_vec));
        folders.extend(FOLDERS.iter().map(|f| f.as_bytes().to_vec()));
        let letter = [first];
        let digits = format!("{first:02x}");
        for folder in folders {
            for place in [&letter[..], digits.as_bytes()] {
                let path = [&folder, &b"/"[..], place, b"/", name].concat();
                if let Some(info) = fs::read_file(&path).ok().and_then(|bytes| Self::parse(&bytes)) {
                    return Some(info);
                }
            }
        }
        None
    }

    /// A capability that is there or not; `None` for one of another kind.
    pub fn flag(&self, name: &str) -> Option<bool> {
        let known = self.flags.get(name).copied();
        known.or_else(|| FLAGS.split(' ').any(|n| n == name).then_some(false))
    }

    /// Whether a capability is there.
    pub fn has(&self, name: &str) -> bool {
        self.flags.get(name) == Some(&true)
    }

    /// A number; -1 if the terminal has none, -2 for a name that is none of a number.
    pub fn number(&self, name: &str) -> i32 {
        match self.numbers.get(name) {
            Some(n) => *n,
            None if NUMBERS.split(' ').any(|n| n == name) => -1,
            None => -2,
        }
    }

    /// A string.
    pub fn string(&self, name: &str) -> Option<&[u8]> {
        self.strings.get(name).map(Vec::as_slice)
    }

    /// Forgets a string, or has another one.
    pub fn set_string(&mut self, name: &str, value: Option<&[u8]>) {
        match value {
            Some(value) => drop(self.strings.insert(name.to_owned(), value.to_vec())),
            None => drop(self.strings.remove(name)),
        }
    }

    /// The name for people.
    pub fn long_name(&self) -> &[u8] {
        self.names.rsplit(|b| *b == b'|').next().unwrap_or_default()
    }
}
