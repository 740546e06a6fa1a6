//! `OSError`: an error number picks the subclass.
//!
//! The fields are set by `__new__`, so that subclasses may take other arguments in `__init__`; a subclass that
//! overrides `__init__` alone has to call it, and then the fields are set there.

use super::OsError;
use super::base::{self, BaseException};
use super::members::members;
use crate::errors::*;
use crate::native::{Args, ClassDef, GetSetDef};
use crate::slots::{self, Slots};
use crate::{Ref, Result, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_object::{IntRef, Raised};

/// The class for an error number.
pub fn class_for(errno: i32) -> &'static Type {
    let Some(name) = taipan_host::errno::name(errno) else { return OS_ERROR.as_type() };
    let class = match name {
        "EAGAIN" | "EWOULDBLOCK" | "EALREADY" | "EINPROGRESS" => &BLOCKING_IO_ERROR,
        "EPIPE" | "ESHUTDOWN" => &BROKEN_PIPE_ERROR,
        "ECHILD" => &CHILD_PROCESS_ERROR,
        "ECONNABORTED" => &CONNECTION_ABORTED_ERROR,
        "ECONNREFUSED" => &CONNECTION_REFUSED_ERROR,
        "ECONNRESET" => &CONNECTION_RESET_ERROR,
        "EEXIST" => &FILE_EXISTS_ERROR,
        "ENOENT" => &FILE_NOT_FOUND_ERROR,
        "EISDIR" => &IS_A_DIRECTORY_ERROR,
        "ENOTDIR" => &NOT_A_DIRECTORY_ERROR,
        "EINTR" => &INTERRUPTED_ERROR,
        "EACCES" | "EPERM" | "ENOTCAPABLE" => &PERMISSION_ERROR,
        "ESRCH" => &PROCESS_LOOKUP_ERROR,
        "ETIMEDOUT" => &TIMEOUT_ERROR,
        _ => &OS_ERROR,
    };
    class.as_type()
}

/// Whether the fields are set by `__init__`: it is overridden and `__new__` is not.
fn set_by_init(class: &Type) -> bool {
    let same = |word| slots::word(slots::of(class), word) == slots::word(slots::of(OS_ERROR.as_type()), word);
    !same(std::mem::offset_of!(Slots, init) / 8) && same(std::mem::offset_of!(Slots, new) / 8)
}

/// What the arguments say.
#[derive(Default)]
struct Fields {
    errno: Option<Value>,
    strerror: Option<Value>,
    filename: Option<Value>,
    filename2: Option<Value>,
    written: Option<isize>,
    /// How many arguments stay in `args`.
    kept: usize,
}

fn parse(vm: &mut Vm, class: &Type, args: &[Value]) -> Result<Fields> {
    let mut fields = Fields { kept: args.len(), ..Fields::default() };
    if !(2..=5).contains(&args.len()) {
        return Ok(fields);
    }
    fields.errno = Some(args[0].clone());
    fields.strerror = Some(args[1].clone());
    let present = |i: usize| args.get(i).filter(|v| !v.is_none());
    let Some(filename) = present(2) else { return Ok(fields) };
    if class.is(BLOCKING_IO_ERROR.as_type()) && is_number(filename) {
        fields.written = Some(to_size(vm, filename)?);
    } else {
        fields.filename = Some(filename.clone());
        fields.filename2 = present(4).cloned();
        fields.kept = 2;
    }
    Ok(fields)
}

fn is_number(v: &Value) -> bool {
    let s = slots::of(v.ty());
    s.index.is_some() || s.int.is_some() || s.float.is_some() || v.downcast::<taipan_object::int::Complex>().is_some()
}

/// An index-sized number; one that does not fit is a `ValueError`.
fn to_size(vm: &mut Vm, v: &Value) -> Result<isize> {
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) => Ok(n as isize),
        _ => match vm.to_index_i64(&n, "ssize_t") {
            Ok(n) => Ok(n as isize),
            Err(raised) => {
                drop(vm.take_raised(raised));
                Err(vm.raise_value_error("cannot fit 'int' into an index-sized integer"))
            }
        },
    }
}

fn store(vm: &mut Vm, this: &Ref<OsError>, fields: Fields, args: &[Value]) -> Result<()> {
    let args = vm.new_tuple_from(&args[..fields.kept])?;
    let e = this.get_mut(vm);
    let old = (
        std::mem::replace(&mut e.base.args, args),
        std::mem::replace(&mut e.errno, fields.errno),
        std::mem::replace(&mut e.strerror, fields.strerror),
        std::mem::replace(&mut e.filename, fields.filename),
        std::mem::replace(&mut e.filename2, fields.filename2),
    );
    e.written = fields.written;
    drop(old);
    Ok(())
}

/// Methods of `OSError`.
pub struct OsErrorClass;

#[class(cell = OS_ERROR)]
impl OsErrorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let mut class = class.clone();
        let mut fields = Fields::default();
        let mut given: &[Value] = &[];
        if !set_by_init(&class) {
            base::no_keywords(vm, &class, args)?;
            given = args.positional();
            if class.is(&OS_ERROR.as_ref())
                && (2..=5).contains(&given.len())
                && let Some(IntRef::Small(n)) = given[0].as_int()
                && let Ok(n) = i32::try_from(n)
            {
                class = class_for(n).to_ref();
            }
            fields = parse(vm, &class, given)?;
        }
        let kept = vm.new_tuple_from(&given[..fields.kept])?;
        let layout = OsError {
            base: BaseException::new(kept),
            errno: fields.errno,
            strerror: fields.strerror,
            filename: fields.filename,
            filename2: fields.filename2,
            written: fields.written,
        };
        Ref::new_in(vm, &class, layout).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let class = this.ty().to_ref();
        if !set_by_init(&class) {
            return Ok(());
        }
        base::no_keywords(vm, &class, args)?;
        let Some(this) = this.downcast::<OsError>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let fields = parse(vm, &class, args.positional())?;
        store(vm, this, fields, args.positional())
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<OsError>) -> Result {
        let e = this.get(vm);
        let (errno, strerror) = (e.errno.clone(), e.strerror.clone());
        let (filename, filename2) = (e.filename.clone(), e.filename2.clone());
        if filename.is_none() && (errno.is_none() || strerror.is_none()) {
            return base::str(vm, this.as_value());
        }
        let mut text = name!("[Errno ").clone();
        let errno = vm.str(&errno.unwrap_or_else(Value::none))?;
        text = vm.concat_str(&text, &errno)?;
        text = vm.concat_str(&text, name!("] "))?;
        let strerror = vm.str(&strerror.unwrap_or_else(Value::none))?;
        text = vm.concat_str(&text, &strerror)?;
        for (separator, file) in [(name!(": "), filename), (name!(" -> "), filename2)] {
            let Some(file) = file else { break };
            let shown = vm.repr(&file)?;
            text = vm.concat_str(&text, separator)?;
            text = vm.concat_str(&text, &shown)?;
        }
        Ok(text.into_value())
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<OsError>) -> Result {
        let e = this.get(vm);
        let mut args = e.base.args.clone();
        if args.len() == 2
            && let Some(filename) = e.filename.clone()
        {
            let mut all = args.items().to_vec();
            all.push(filename);
            if let Some(second) = e.filename2.clone() {
                all.extend([Value::none(), second]);
            }
            args = vm.new_tuple(all)?;
        }
        let state = base::dict_if_made(vm, this.as_value())?.map(Ref::into_value);
        base::reduced(vm, this.as_value(), args.into_value(), state)
    }
}

fn written_missing(vm: &mut Vm) -> Raised {
    vm.raise_class(ATTRIBUTE_ERROR.as_type(), "characters_written")
}

members! { MEMBERS: OsError {
    object "errno" errno, "POSIX exception code";
    object "strerror" strerror, "exception strerror";
    object "filename" filename, "exception filename";
    object "filename2" filename2, "second exception filename";
} }

static WRITTEN: GetSetDef = GetSetDef {
    name: "characters_written",
    doc: "",
    get: |vm, this| {
        let written = this.downcast::<OsError>().and_then(|e| e.get(vm).written);
        match written {
            Some(n) => vm.new_int(n as i64),
            None => Err(written_missing(vm)),
        }
    },
    set: Some(|vm, this, value| {
        let Some(e) = this.downcast::<OsError>() else { return Err(vm.raise_wrong_receiver("__set__", this)) };
        let written = match value {
            Some(v) => Some(to_size(vm, v)?).filter(|&n| n != -1),
            None if e.get(vm).written.is_none() => return Err(written_missing(vm)),
            None => None,
        };
        e.get_mut(vm).written = written;
        Ok(())
    }),
    member: false,
};

/// The table of `OSError`.
pub fn os_error() -> ClassDef {
    static ALL: std::sync::LazyLock<Vec<GetSetDef>> = std::sync::LazyLock::new(|| {
        let copy = |d: &GetSetDef| GetSetDef { name: d.name, doc: d.doc, get: d.get, set: d.set, member: d.member };
        MEMBERS.iter().chain([&WRITTEN]).map(copy).collect()
    });
    OsErrorClass::class_def().with_getsets(&ALL)
}
