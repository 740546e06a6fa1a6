//! `pickle.Unpickler`.

use super::load::Loader;
use super::memo::Numbered;
use super::{UNPICKLING_ERROR, find_class, pickler::hook};
use crate::common::raise_kept;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Str, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Dict, Ref, Result, Tuple, Type, Value, Vm, name};

/// `_pickle.Unpickler`.
pub static UNPICKLER: TypeCell<Unpickler> = TypeCell::new("_pickle.Unpickler");
/// `_pickle.UnpicklerMemoProxy`.
pub static UNPICKLER_MEMO_PROXY: TypeCell<MemoProxy> = TypeCell::new("_pickle.UnpicklerMemoProxy");

/// The methods of a file that is read.
#[derive(Trace, Clone)]
pub struct File {
    pub read: Value,
    pub readline: Value,
}

/// Reads pickles.
#[derive(Trace, Payload)]
#[payload(class = UNPICKLER)]
#[repr(C)]
pub struct Unpickler {
    pub file: Option<File>,
    /// What was read from the file ahead.
    pub ahead: taipan_object::trace::Opaque<Vec<u8>>,
    pub memo: Numbered,
    pub encoding: String,
    pub errors: String,
    pub fix_imports: bool,
    pub buffers: Option<Value>,
    /// `persistent_load`, where it was set on the instance.
    persistent_load: Option<Value>,
    pub proto: u8,
    ready: bool,
    /// Whether `load` is at work.
    running: bool,
}

/// What an object that is unpickled may not ask of its unpickler.
fn check_idle(vm: &mut Vm, this: &Ref<Unpickler>) -> Result<()> {
    match this.get(vm).running {
        false => Ok(()),
        true => Err(vm.raise_runtime_error("Unpickler object is already used")),
    }
}

/// Options of a call: `fix_imports`, `encoding`, `errors`, `buffers`.
pub struct Options {
    pub fix_imports: bool,
    pub encoding: String,
    pub errors: String,
    pub buffers: Option<Value>,
}

fn text_option(vm: &mut Vm, function: &str, which: &str, v: Option<&Value>, default: &str) -> Result<String> {
    match v {
        None => Ok(default.to_owned()),
        Some(v) => match v.downcast::<Str>().and_then(|s| s.to_utf8()) {
            Some(s) => Ok(s.to_owned()),
            None => {
                let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
                Err(vm.raise_type_error(&format!("{function}() argument '{which}' must be str, not {given}")))
            }
        },
    }
}

/// Converts the options of a call.
pub fn options(vm: &mut Vm, function: &str, given: [Option<&Value>; 4]) -> Result<Options> {
    let [fix_imports, encoding, errors, buffers] = given;
    let fix_imports = match fix_imports {
        Some(v) => vm.is_truthy(v)?,
        None => true,
    };
    let encoding = text_option(vm, function, "encoding", encoding, "ASCII")?;
    let errors = text_option(vm, function, "errors", errors, "strict")?;
    let buffers = match buffers.filter(|b| !b.is_none() && b.downcast::<Tuple>().is_none_or(|t| t.len() > 0)) {
        Some(b) => Some(vm.iter(b)?),
        None => None,
    };
    Ok(Options { fix_imports, encoding, errors, buffers })
}

/// The methods of a file; `TypeError` if it lacks them.
pub fn file_of(vm: &mut Vm, file: &Value) -> Result<File> {
    let read = vm.get_attr_opt(file, name!("read"))?;
    let readline = vm.get_attr_opt(file, name!("readline"))?;
    match (read, readline) {
        (Some(read), Some(readline)) => Ok(File { read, readline }),
        _ => Err(vm.raise_type_error("file must have 'read' and 'readline' attributes")),
    }
}

impl Unpickler {
    /// Before `__init__`.
    pub fn blank() -> Unpickler {
        Unpickler {
            file: None,
            ahead: Default::default(),
            memo: Numbered::default(),
            encoding: String::new(),
            errors: String::new(),
            fix_imports: true,
            buffers: None,
            persistent_load: None,
            proto: 0,
            ready: false,
            running: false,
        }
    }

    /// Sets the options of a call.
    pub fn configure(&mut self, options: Options, file: Option<File>) {
        self.fix_imports = options.fix_imports;
        self.encoding = options.encoding;
        self.errors = options.errors;
        self.buffers = options.buffers;
        self.file = file;
        self.ready = true;
    }
}

/// Methods of `_pickle.Unpickler`.
pub struct UnpicklerClass;

/// This takes a binary file for reading a pickle data stream.
///
/// The protocol is detected, so no argument says it. The file must have read() and readline() methods that answer bytes.
/// With fix_imports, names of Python 2 are those of Python 3. encoding and errors are for strings that Python 2 wrote;
/// the encoding 'bytes' leaves them as they are. buffers are the buffers that are not in the pickle itself.
#[class(cell = UNPICKLER, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())")]
impl UnpicklerClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Unpickler::blank()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "Unpickler",
            params: &["file", "fix_imports", "encoding", "errors", "buffers"],
            required: &[true, false, false, false, false],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [file, fix_imports, encoding, errors, buffers] = bind::<5>(vm, &SIGNATURE, args)?;
        let (Some(this), Some(file)) = (this.downcast::<Unpickler>(), file) else { return Ok(()) };
        check_idle(vm, this)?;
        let options = options(vm, "Unpickler", [fix_imports, encoding, errors, buffers])?;
        let file = file_of(vm, file)?;
        let fields = this.get_mut(vm);
        let kept = fields.persistent_load.take();
        let mut fresh = Unpickler::blank();
        fresh.configure(options, Some(file));
        fresh.persistent_load = kept;
        let old = std::mem::replace(fields, fresh);
        drop(old);
        Ok(())
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, attribute: &Ref<Str>) -> Result {
        if attribute.as_ascii() == Some("persistent_load")
            && let Some(u) = this.downcast::<Unpickler>()
            && let Some(own) = u.get(vm).persistent_load.clone()
        {
            return Ok(own);
        }
        vm.generic_get_attr(this, attribute)
    }

    #[slot]
    fn setattr(vm: &mut Vm, this: &Value, attribute: &Ref<Str>, value: Option<Value>) -> Result<()> {
        if attribute.as_ascii() == Some("persistent_load")
            && let Some(u) = this.downcast::<Unpickler>()
        {
            let old = std::mem::replace(&mut u.get_mut(vm).persistent_load, value);
            drop(old);
            return Ok(());
        }
        vm.generic_set_attr(this, attribute, value)
    }

    /// Load a pickle: the object that the next pickle of the file holds.
    #[method("($self, /)")]
    fn load(vm: &mut Vm, this: &Ref<Unpickler>) -> Result {
        if !this.get(vm).ready {
            let name = vm.dotted_name(this.ty());
            let text = format!("Unpickler.__init__() was not called by {name}.__init__()");
            return Err(raise_kept(vm, UNPICKLING_ERROR, &text));
        }
        check_idle(vm, this)?;
        let mut loader = Loader::from_file(vm, this)?;
        this.get_mut(vm).running = true;
        let result = loader.load(vm);
        loader.finish(vm);
        this.get_mut(vm).running = false;
        result
    }

    #[method("($self, pid, /)")]
    fn persistent_load(vm: &mut Vm, _this: &Ref<Unpickler>, _pid: &Value) -> Result {
        let text = "A load persistent id instruction was encountered, but no persistent_load function was specified.";
        Err(raise_kept(vm, UNPICKLING_ERROR, text))
    }

    /// Return an object from a specified module.
    ///
    /// The module is imported if need be. Subclasses may override this method: it is how pickles come by classes and
    /// functions.
    #[method("($self, module_name, global_name, /)")]
    fn find_class(vm: &mut Vm, this: &Ref<Unpickler>, module: &Value, global: &Value) -> Result {
        let (proto, fix_imports) = {
            let u = this.get(vm);
            (u.proto, u.fix_imports)
        };
        find_class(vm, module, global, proto, fix_imports)
    }

    /// Returns size in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Unpickler>) -> Result<usize> {
        let u = this.get(vm);
        Ok(std::mem::size_of::<Unpickler>() + 16 + u.encoding.len() + u.errors.len() + 8 * u.memo.count())
    }

    #[getter]
    fn memo(vm: &mut Vm, this: &Ref<Unpickler>) -> Result {
        Ref::new(vm, MemoProxy { unpickler: this.clone() }).map(Ref::into_value)
    }

    #[setter]
    fn set_memo(vm: &mut Vm, this: &Ref<Unpickler>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("attribute deletion is not supported")) };
        let mut memo = Numbered::default();
        let entries: Vec<(usize, Value)> = if let Some(proxy) = value.downcast::<MemoProxy>() {
            let from = proxy.get(vm).unpickler.clone();
            from.get(vm).memo.all()
        } else if let Some(dict) = value.downcast::<Dict>() {
            let pairs: Vec<(Value, Value)> = taipan_object::room::gathered(
                dict.get(vm).len(),
                dict.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())),
            )?;
            let mut entries = Vec::new();
            for (k, v) in pairs {
                if k.as_int().is_none() {
                    return Err(vm.raise_type_error("memo key must be integers"));
                }
                match usize::try_from(vm.to_index_i64(&k, "ssize_t")?) {
                    Ok(i) => entries.push((i, v)),
                    Err(_) => return Err(vm.raise_value_error("memo key must be positive integers.")),
                }
            }
            entries
        } else {
            let text =
                format!("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}", value.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        for (i, v) in entries {
            drop(memo.set(i, v)?);
        }
        let old = std::mem::replace(&mut this.get_mut(vm).memo, memo);
        drop(old);
        Ok(())
    }
}

/// `persistent_load`, where it is not the one that only raises.
pub fn persistent_hook(vm: &mut Vm, this: &Ref<Unpickler>) -> Result<Option<Value>> {
    hook(vm, this.as_value(), name!("persistent_load"))
}

/// The memo as `unpickler.memo` shows it.
#[derive(Trace, Payload)]
#[payload(class = UNPICKLER_MEMO_PROXY)]
#[repr(C)]
pub struct MemoProxy {
    unpickler: Ref<Unpickler>,
}

fn memo_copy(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<Ref<Dict>> {
    let unpickler = this.get(vm).unpickler.clone();
    let dict = vm.new_dict()?;
    for (i, v) in unpickler.get(vm).memo.all() {
        let key = vm.new_uint(i as u64)?;
        vm.dict_set(&dict, &key, v)?;
    }
    Ok(dict)
}

/// Methods of `_pickle.UnpicklerMemoProxy`.
pub struct MemoProxyClass;

#[class(cell = UNPICKLER_MEMO_PROXY, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl MemoProxyClass {
    /// Remove all items from memo.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<()> {
        let unpickler = this.get(vm).unpickler.clone();
        let old = std::mem::take(&mut unpickler.get_mut(vm).memo);
        drop(old);
        Ok(())
    }

    /// Copy the memo to a new object.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<Ref<Dict>> {
        memo_copy(vm, this)
    }

    /// Implement pickling support.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<Ref<Tuple>> {
        let contents = memo_copy(vm, this)?.into_value();
        let args = vm.new_tuple(vec![contents])?.into_value();
        vm.new_tuple(vec![taipan_object::statics::DICT.as_type().to_value(), args])
    }
}
