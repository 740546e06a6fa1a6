//! `pickle.Pickler`.

use super::memo::Memo;
use super::save::Saver;
use super::{PICKLING_ERROR, protocol_of};
use crate::common::raise_kept;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Str, Tuple, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::native_function::NativeFunction;
use taipan_vm::{Dict, Ref, Result, Type, Value, Vm, name};

/// `_pickle.Pickler`.
pub static PICKLER: TypeCell<Pickler> = TypeCell::new("_pickle.Pickler");
/// `_pickle.PicklerMemoProxy`.
pub static PICKLER_MEMO_PROXY: TypeCell<MemoProxy> = TypeCell::new("_pickle.PicklerMemoProxy");

/// Writes pickles.
#[derive(Trace, Payload)]
#[payload(class = PICKLER)]
#[repr(C)]
pub struct Pickler {
    /// The file's `write`; none for `dumps`.
    pub write: Option<Value>,
    pub memo: Memo,
    pub proto: u8,
    /// Numbers, as programs see them; other than 0 is yes.
    pub bin: i32,
    pub fast: i32,
    pub fix_imports: bool,
    pub buffer_callback: Option<Value>,
    pub dispatch_table: Option<Value>,
    /// `persistent_id`, where it was set on the instance.
    persistent_id: Option<Value>,
    pub ready: bool,
    /// Whether `dump` is at work.
    running: bool,
}

/// A number that an attribute is set to.
fn number(vm: &mut Vm, value: Option<&Value>) -> Result<i32> {
    match value {
        Some(v) => vm.to_index_i64(v, "long").map(|n| n as i32),
        None => Err(vm.raise_type_error("can't delete numeric/char attribute")),
    }
}

/// What an object that is pickled may not ask of its pickler.
fn check_idle(vm: &mut Vm, this: &Ref<Pickler>) -> Result<()> {
    match this.get(vm).running {
        false => Ok(()),
        true => Err(vm.raise_runtime_error("Pickler object is already used")),
    }
}

impl Pickler {
    /// Before `__init__`.
    pub fn blank() -> Pickler {
        Pickler {
            write: None,
            memo: Memo::default(),
            proto: 5,
            bin: 1,
            fast: 0,
            fix_imports: false,
            buffer_callback: None,
            dispatch_table: None,
            persistent_id: None,
            ready: false,
            running: false,
        }
    }

    /// Sets the options of a call.
    pub fn configure(
        &mut self,
        options: (u8, bool, Option<Value>),
        write: Option<Value>,
    ) -> (Option<Value>, Option<Value>) {
        let (proto, fix_imports, callback) = options;
        self.proto = proto;
        self.bin = i32::from(proto > 0);
        self.fix_imports = fix_imports && proto < 3;
        self.ready = true;
        let old = std::mem::replace(&mut self.buffer_callback, callback);
        (old, std::mem::replace(&mut self.write, write))
    }
}

/// Protocol, `fix_imports` and `buffer_callback` of a call.
pub fn options(
    vm: &mut Vm,
    protocol: Option<&Value>,
    fix_imports: Option<&Value>,
    callback: Option<&Value>,
) -> Result<(u8, bool, Option<Value>)> {
    let proto = protocol_of(vm, protocol)?;
    let fix_imports = match fix_imports {
        Some(v) => vm.is_truthy(v)?,
        None => true,
    };
    let callback = callback.filter(|c| !c.is_none()).cloned();
    if callback.is_some() && proto < 5 {
        return Err(vm.raise_value_error("buffer_callback needs protocol >= 5"));
    }
    Ok((proto, fix_imports, callback))
}

/// The `write` method of a file.
pub fn write_of(vm: &mut Vm, file: &Value) -> Result {
    match vm.get_attr_opt(file, name!("write"))? {
        Some(write) => Ok(write),
        None => Err(vm.raise_type_error("file must have a 'write' attribute")),
    }
}

/// A hook of this name that the class or instance defines itself.
pub fn hook(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    let found = vm.get_attr_opt(this, name)?;
    Ok(found.filter(|f| {
        !f.downcast_exact::<NativeFunction>().is_some_and(|n| n.receiver.as_ref().is_some_and(|r| r.is(this)))
    }))
}

/// Methods of `_pickle.Pickler`.
pub struct PicklerClass;

/// This takes a binary file for writing a pickle data stream.
///
/// The protocol, 0 to 5, defaults to 5; a negative one means the highest. The file must have a write() method that takes
/// bytes. With fix_imports and a protocol below 3, names are those of Python 2. With a buffer_callback, buffers are
/// passed to it, and are in the pickle only where it answers something true.
#[class(cell = PICKLER, base = OBJECT, flags = BASETYPE | HAVE_GC, signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)")]
impl PicklerClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Pickler::blank()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "Pickler",
            params: &["file", "protocol", "fix_imports", "buffer_callback"],
            required: &[true, false, false, false],
            required_count: 1,
            positional_only: 0,
            positional: 4,
        };
        let [file, protocol, fix_imports, callback] = bind::<4>(vm, &SIGNATURE, args)?;
        let (Some(this), Some(file)) = (this.downcast::<Pickler>(), file) else { return Ok(()) };
        check_idle(vm, this)?;
        let options = options(vm, protocol, fix_imports, callback)?;
        let write = write_of(vm, file)?;
        let fields = this.get_mut(vm);
        let old = (fields.configure(options, Some(write)), std::mem::take(&mut fields.memo));
        fields.fast = 0;
        drop(old);
        // A class or instance may bring a table of its own.
        let own = vm.generic_get_attr_opt(this.as_value(), name!("dispatch_table"));
        match own {
            Ok(Some(table)) => this.get_mut(vm).dispatch_table = Some(table),
            // One that was set before this stays.
            Ok(None) => {}
            Err(raised) => drop(vm.take_raised(raised)),
        }
        Ok(())
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, attribute: &Ref<Str>) -> Result {
        if let Some(p) = this.downcast::<Pickler>() {
            let own = match attribute.as_ascii() {
                Some("persistent_id") => p.get(vm).persistent_id.clone(),
                Some("dispatch_table") => p.get(vm).dispatch_table.clone(),
                _ => None,
            };
            if let Some(own) = own {
                return Ok(own);
            }
        }
        vm.generic_get_attr(this, attribute)
    }

    #[slot]
    fn setattr(vm: &mut Vm, this: &Value, attribute: &Ref<Str>, value: Option<Value>) -> Result<()> {
        if let Some(p) = this.downcast::<Pickler>() {
            let fields = p.get_mut(vm);
            let old = match attribute.as_ascii() {
                Some("persistent_id") => std::mem::replace(&mut fields.persistent_id, value),
                Some("dispatch_table") => std::mem::replace(&mut fields.dispatch_table, value),
                _ => return vm.generic_set_attr(this, attribute, value),
            };
            drop(old);
            return Ok(());
        }
        vm.generic_set_attr(this, attribute, value)
    }

    /// Write a pickled representation of the given object to the open file.
    #[method("($self, obj, /)")]
    fn dump(vm: &mut Vm, this: &Ref<Pickler>, obj: &Value) -> Result<()> {
        if !this.get(vm).ready {
            let name = vm.dotted_name(this.ty());
            let text = format!("Pickler.__init__() was not called by {name}.__init__()");
            return Err(raise_kept(vm, PICKLING_ERROR, &text));
        }
        check_idle(vm, this)?;
        let mut saver = Saver::new(vm, this)?;
        this.get_mut(vm).running = true;
        let result = saver.dump(vm, obj);
        this.get_mut(vm).running = false;
        result
    }

    /// Clears the pickler's "memo", so that objects seen before are pickled anew.
    #[method("($self, /)")]
    fn clear_memo(vm: &mut Vm, this: &Ref<Pickler>) -> Result<()> {
        let old = std::mem::take(&mut this.get_mut(vm).memo);
        drop(old);
        Ok(())
    }

    #[method("($self, obj, /)")]
    fn persistent_id(_vm: &mut Vm, _this: &Ref<Pickler>, _obj: &Value) -> Result {
        Ok(Value::none())
    }

    /// Returns size in memory, in bytes.
    #[method("($self, /)")]
    fn __sizeof__(vm: &mut Vm, this: &Ref<Pickler>) -> Result<usize> {
        Ok(std::mem::size_of::<Pickler>() + 16 + this.get(vm).memo.size())
    }

    #[getter]
    fn memo(vm: &mut Vm, this: &Ref<Pickler>) -> Result {
        Ref::new(vm, MemoProxy { pickler: this.clone() }).map(Ref::into_value)
    }

    #[setter]
    fn set_memo(vm: &mut Vm, this: &Ref<Pickler>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("attribute deletion is not supported")) };
        let mut memo = Memo::default();
        if let Some(proxy) = value.downcast::<MemoProxy>() {
            let from = proxy.get(vm).pickler.clone();
            memo = from.get(vm).memo.clone();
        } else if let Some(dict) = value.downcast::<Dict>() {
            let entries: Vec<Value> =
                taipan_object::room::gathered(dict.get(vm).len(), dict.get(vm).iter().map(|(_, v)| v.clone()))?;
            for entry in entries {
                let pair = match entry.downcast::<Tuple>() {
                    Some(t) if t.len() == 2 => t.clone(),
                    _ => return Err(vm.raise_type_error("'memo' values must be 2-item tuples")),
                };
                let i = vm.to_index_i64(&pair.items()[0], "ssize_t")? as usize;
                let object = pair.items()[1].clone();
                memo.insert(&object, i)?;
            }
        } else {
            let text = format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {}", value.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let old = std::mem::replace(&mut this.get_mut(vm).memo, memo);
        drop(old);
        Ok(())
    }

    #[getter]
    fn bin(vm: &mut Vm, this: &Ref<Pickler>) -> Result<i32> {
        Ok(this.get(vm).bin)
    }

    #[setter]
    fn set_bin(vm: &mut Vm, this: &Ref<Pickler>, value: Option<&Value>) -> Result<()> {
        this.get_mut(vm).bin = number(vm, value)?;
        Ok(())
    }

    #[getter]
    fn fast(vm: &mut Vm, this: &Ref<Pickler>) -> Result<i32> {
        Ok(this.get(vm).fast)
    }

    #[setter]
    fn set_fast(vm: &mut Vm, this: &Ref<Pickler>, value: Option<&Value>) -> Result<()> {
        this.get_mut(vm).fast = number(vm, value)?;
        Ok(())
    }
}

/// The memo as `pickler.memo` shows it.
#[derive(Trace, Payload)]
#[payload(class = PICKLER_MEMO_PROXY)]
#[repr(C)]
pub struct MemoProxy {
    pickler: Ref<Pickler>,
}

fn memo_copy(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<Ref<Dict>> {
    let pickler = this.get(vm).pickler.clone();
    let mut entries: Vec<(u64, usize, Value)> =
        pickler.get(vm).memo.iter().map(|(v, i)| (v.bits(), *i, v.clone())).collect();
    entries.sort_by_key(|e| e.1);
    let dict = vm.new_dict()?;
    for (key, i, v) in entries {
        let key = vm.new_uint(key)?;
        let i = vm.new_uint(i as u64)?;
        let pair = vm.new_tuple(vec![i, v])?.into_value();
        vm.dict_set(&dict, &key, pair)?;
    }
    Ok(dict)
}

/// Methods of `_pickle.PicklerMemoProxy`.
pub struct MemoProxyClass;

#[class(cell = PICKLER_MEMO_PROXY, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl MemoProxyClass {
    /// Remove all items from memo.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<()> {
        let pickler = this.get(vm).pickler.clone();
        let old = std::mem::take(&mut pickler.get_mut(vm).memo);
        drop(old);
        Ok(())
    }

    /// Copy the memo to a new object.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<Ref<Dict>> {
        memo_copy(vm, this)
    }

    /// Implement pickle support.
    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<MemoProxy>) -> Result<Ref<Tuple>> {
        let contents = memo_copy(vm, this)?.into_value();
        let args = vm.new_tuple(vec![contents])?.into_value();
        vm.new_tuple(vec![taipan_object::statics::DICT.as_type().to_value(), args])
    }
}
