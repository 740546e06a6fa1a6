//! From the arguments of a call to the locals of the callee's frame.

use super::frame::{self, Frame, local};
use super::word::{self, release_any};
use crate::types::code::Code;
use crate::types::function::Function;
use crate::{Dict, Ref, Result, Str, Tuple, Value, Vm, errors};
use taipan_bytecode::CodeFlags;

/// The arguments of a call as they lie somewhere: positional ones, then one for each name. Owned words.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The first word.
    pub at: *mut u64,
    /// How many are positional.
    pub positional: usize,
    /// The keyword names.
    pub names: &'a [Value],
}

impl Given<'_> {
    fn len(&self) -> usize {
        self.positional + self.names.len()
    }

    unsafe fn release(&self, vm: *mut Vm) {
        for i in 0..self.len() {
            // SAFETY: the words are owned or absent.
            unsafe { release_any(std::mem::replace(&mut *self.at.add(i), 0), vm) }
        }
    }
}

/// A frame for a call of `function` with its arguments in place, as the current frame with `prev` as its caller. Takes
/// over `function` and the arguments, in any case. Null: an exception was raised.
///
/// # Safety
/// `function` is the owned word of a Python function; the argument words are owned.
#[inline(always)]
pub unsafe fn enter(vm: *mut Vm, prev: *mut Frame, function: u64, args: *mut u64, count: usize) -> *mut Frame {
    // SAFETY: the caller's contract.
    unsafe {
        let code = frame::code_of(function);
        if (*code).exact_args as usize != count {
            return enter_positional(vm, prev, function, args, count);
        }
        let frame = frame::push(vm, code, function, prev);
        if frame.is_null() {
            return refuse_positional(vm, function, args, count);
        }
        fill_simple(frame, code, args, count);
        frame
    }
}

// Handlers must not give away the address of a local, so these two put `Given` together in frames of their own.

#[inline(never)]
unsafe fn enter_positional(vm: *mut Vm, prev: *mut Frame, function: u64, args: *mut u64, count: usize) -> *mut Frame {
    // SAFETY: the contract of enter.
    unsafe {
        let f = word::payload::<Function>(function);
        let code = frame::code_of(function);
        let argcount = (*code).argcount as usize;
        if (*code).simple
            && count < argcount
            && let Some(defaults) = &(*f).defaults
            && count + defaults.len() >= argcount
        {
            // The last parameters have defaults.
            let frame = frame::push(vm, code, function, prev);
            if frame.is_null() {
                return refuse_positional(vm, function, args, count);
            }
            move_words(local(frame, 0), args, count);
            let items = defaults.items();
            for i in count..argcount {
                let w = items[items.len() - (argcount - i)].bits();
                word::retain(w);
                *local(frame, i) = w;
            }
            clear_locals(frame, argcount, (*code).localsplus as usize);
            return frame;
        }
        let varargs = (*code).has(CodeFlags::VARARGS);
        let stars = varargs || (*code).has(CodeFlags::VARKEYWORDS);
        let fits = count == argcount || count > argcount && varargs;
        if stars && fits && (*code).has(CodeFlags::OPTIMIZED) && (*code).kwonlyargcount == 0 {
            return enter_stars(vm, prev, function, args, count);
        }
        let mut words = [0; KEYWORD_ONLY];
        if (*code).kwonlyargcount > 0 && keyword_defaults(vm, function, count, &mut words) {
            return enter_defaults(vm, prev, function, args, count, &words);
        }
        enter_general(vm, prev, function, Given { at: args, positional: count, names: &[] })
    }
}

/// So many parameters that only keywords can be given for are filled without the general way.
const KEYWORD_ONLY: usize = 4;

/// Whether all parameters that are not given have defaults, in a function without stars; `words` are then, borrowed,
/// those of the keyword-only ones.
#[inline(never)]
unsafe fn keyword_defaults(vm: *mut Vm, function: u64, count: usize, words: &mut [u64; KEYWORD_ONLY]) -> bool {
    // SAFETY: the contract of enter.
    unsafe {
        let (f, code) = (&*word::payload::<Function>(function), &*frame::code_of(function));
        let (argcount, keywords) = (code.argcount as usize, code.kwonlyargcount as usize);
        let given = count + f.defaults.as_ref().map_or(0, |d| d.len());
        let stars = code.has(CodeFlags::VARARGS) || code.has(CodeFlags::VARKEYWORDS);
        if stars || !code.has(CodeFlags::OPTIMIZED) || code.deferred.get().is_some() {
            return false;
        }
        if count > argcount || given < argcount || keywords > KEYWORD_ONLY {
            return false;
        }
        let Some(defaults) = f.kwdefaults.as_ref().map(|d| d.get(&*vm)) else { return false };
        let names = &code.localsplusnames.items()[argcount..argcount + keywords];
        defaults.has_only_str_keys()
            && names.iter().zip(words).all(|(name, to)| {
                let found = name.downcast::<Str>().and_then(|name| defaults.get_str(name));
                *to = found.map_or(0, Value::bits);
                found.is_some()
            })
    }
}

/// Enters a function with defaults in place of what is not given.
unsafe fn enter_defaults(
    vm: *mut Vm,
    prev: *mut Frame,
    function: u64,
    args: *mut u64,
    count: usize,
    words: &[u64; KEYWORD_ONLY],
) -> *mut Frame {
    // SAFETY: the contract of enter; the function, which the frame owns, keeps its defaults alive.
    unsafe {
        let code = frame::code_of(function);
        let (argcount, keywords) = ((*code).argcount as usize, (*code).kwonlyargcount as usize);
        let frame = frame::push(vm, code, function, prev);
        if frame.is_null() {
            return refuse_positional(vm, function, args, count);
        }
        move_words(local(frame, 0), args, count);
        let defaults = (*word::payload::<Function>(function)).defaults.as_ref().map_or(&[][..], |d| d.items());
        for i in count..argcount {
            let w = defaults[defaults.len() - (argcount - i)].bits();
            word::retain(w);
            *local(frame, i) = w;
        }
        for (i, w) in words[..keywords].iter().enumerate() {
            word::retain(*w);
            *local(frame, argcount + i) = *w;
        }
        clear_locals(frame, argcount + keywords, (*code).localsplus as usize);
        frame
    }
}

/// The same for a function with `*args` or `**kwargs` or both, whose other parameters are all given.
#[inline(never)]
unsafe fn enter_stars(vm: *mut Vm, prev: *mut Frame, function: u64, args: *mut u64, count: usize) -> *mut Frame {
    // SAFETY: the contract of enter.
    unsafe {
        let code = frame::code_of(function);
        let argcount = (*code).argcount as usize;
        let mut stars = [0; 2];
        let mut n = 0;
        if (*code).has(CodeFlags::VARARGS) {
            let rest = args.add(argcount);
            let items = (0..count - argcount).map(|i| Value::from_bits(std::mem::replace(&mut *rest.add(i), 0)));
            match (*vm).new_tuple_in(taipan_object::statics::TUPLE.as_type(), count - argcount, items) {
                Ok(tuple) => stars[0] = tuple.into_value().into_bits(),
                Err(_) => return refuse_positional(vm, function, args, count),
            }
            n = 1;
        }
        if (*code).has(CodeFlags::VARKEYWORDS) {
            match (*vm).new_dict() {
                Ok(dict) => stars[n] = dict.into_value().into_bits(),
                Err(_) => {
                    release_any(stars[0], vm);
                    return refuse_positional(vm, function, args, argcount);
                }
            }
            n += 1;
        }
        let frame = frame::push(vm, code, function, prev);
        if frame.is_null() {
            release_any(stars[0], vm);
            release_any(stars[1], vm);
            return refuse_positional(vm, function, args, argcount);
        }
        move_words(local(frame, 0), args, argcount);
        move_words(local(frame, argcount), stars.as_ptr(), n);
        clear_locals(frame, argcount + n, (*code).localsplus as usize);
        frame
    }
}

#[cold]
#[inline(never)]
unsafe fn refuse_positional(vm: *mut Vm, function: u64, args: *mut u64, count: usize) -> *mut Frame {
    // SAFETY: the contract of enter.
    unsafe { refuse(vm, function, Given { at: args, positional: count, names: &[] }) }
}

/// Moves the arguments into the first locals of a new frame and clears the others.
#[inline(always)]
pub unsafe fn fill_simple(frame: *mut Frame, code: *const Code, args: *mut u64, count: usize) {
    // SAFETY: the frame has room for the code's locals, of which the arguments are the first.
    unsafe {
        move_words(local(frame, 0), args, count);
        clear_locals(frame, count, (*code).localsplus as usize);
    }
}

// Most calls have few arguments and few other locals. Volatile, lest these loops be made calls of `memcpy` and `memset`
// or be spread over vector registers, which costs more than it saves.

/// Moves `count` words.
#[inline(always)]
unsafe fn move_words(to: *mut u64, from: *const u64, count: usize) {
    // SAFETY: the caller's places.
    unsafe {
        let mut i = 0;
        while i < count {
            *to.add(i) = from.add(i).read_volatile();
            i += 1;
        }
    }
}

/// Makes the locals from `first` up to `end` absent.
#[inline(always)]
pub unsafe fn clear_locals(frame: *mut Frame, first: usize, end: usize) {
    // SAFETY: the frame has that many locals.
    unsafe {
        let mut i = first;
        while i < end {
            local(frame, i).write_volatile(0);
            i += 1;
        }
    }
}

/// Gives back what a call that cannot begin has taken over.
#[cold]
unsafe fn refuse(vm: *mut Vm, function: u64, args: Given<'_>) -> *mut Frame {
    // SAFETY: the words are owned.
    unsafe {
        args.release(vm);
        word::release(function, vm);
        std::ptr::null_mut()
    }
}

/// How many parameters [`enter_keywords`] can keep track of.
const TRACKED: usize = 64;

/// The same as [`enter`] for a call with keywords of a function without `*args` and `**kwargs`, where every keyword is a
/// parameter's very name, and every parameter gets a value; null, and nothing done, where that is not so.
///
/// # Safety
/// As for [`enter`].
pub unsafe fn enter_keywords(vm: *mut Vm, prev: *mut Frame, function: u64, args: Given<'_>) -> *mut Frame {
    // SAFETY: the caller's contract.
    unsafe {
        let f = word::payload::<Function>(function);
        let code = frame::code_of(function);
        let argcount = (*code).argcount as usize;
        let total = argcount + (*code).kwonlyargcount as usize;
        let stars = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS;
        let fixed = (*code).has(CodeFlags::OPTIMIZED) && !(*code).flags.intersects(stars);
        if !fixed || total > TRACKED || args.positional > argcount {
            return std::ptr::null_mut();
        }
        if (*code).deferred.get().is_some() {
            // The general way has it read.
            return std::ptr::null_mut();
        }
        let names = &(*code).localsplusnames.items()[..total];
        let first = (*code).posonlyargcount as usize;
        let mut places = [0u8; TRACKED];
        if args.names.len() > TRACKED {
            return std::ptr::null_mut();
        }
        let mut given = if args.positional == 64 { u64::MAX } else { (1u64 << args.positional) - 1 };
        for (place, key) in places.iter_mut().zip(args.names) {
            let Some(i) = (first..total).find(|&i| names[i].is(key)) else { return std::ptr::null_mut() };
            if given & 1 << i != 0 {
                return std::ptr::null_mut();
            }
            given |= 1 << i;
            *place = i as u8;
        }
        let defaults = (*f).defaults.as_ref().map_or(&[][..], |d| d.items());
        for (i, name) in names.iter().enumerate() {
            let has = given & 1 << i != 0
                || if i < argcount {
                    i + defaults.len() >= argcount
                } else {
                    (*f).kwdefaults.as_ref().is_some_and(|d| keyword_default(vm, d, name).is_some())
                };
            if !has {
                return std::ptr::null_mut();
            }
        }
        let frame = frame::push(vm, code, function, prev);
        if frame.is_null() {
            return refuse(vm, function, args);
        }
        clear_locals(frame, 0, (*code).localsplus as usize);
        move_words(local(frame, 0), args.at, args.positional);
        for (n, &place) in places[..args.names.len()].iter().enumerate() {
            *local(frame, place as usize) = *args.at.add(args.positional + n);
        }
        for i in args.positional..total {
            if given & 1 << i != 0 {
                continue;
            }
            let value = if i < argcount {
                Some(&defaults[i + defaults.len() - argcount])
            } else {
                (*f).kwdefaults.as_ref().and_then(|d| keyword_default(vm, d, &names[i]))
            };
            *local(frame, i) = value.map_or(0, |v| v.clone().into_bits());
        }
        frame
    }
}

/// The default of a keyword-only parameter, if its name is a plain key.
unsafe fn keyword_default<'a>(vm: *mut Vm, defaults: &'a Ref<Dict>, name: &Value) -> Option<&'a Value> {
    // SAFETY: the caller has the thread, and changes no dict while it looks at the value.
    let dict: &'a Dict = unsafe { defaults.get(&*vm) };
    dict.get_str(name.downcast_exact::<Str>()?)
}

/// The same as [`enter`] for any function and any arguments.
#[inline(never)]
pub unsafe fn enter_general(vm: *mut Vm, prev: *mut Frame, function: u64, args: Given<'_>) -> *mut Frame {
    // SAFETY: the caller's contract.
    unsafe {
        let code = frame::code_of(function);
        if (*code).deferred.get().is_some() {
            let code = (*word::payload::<Function>(function)).code.clone();
            if (*vm).complete_code(&code).is_err() {
                return refuse(vm, function, args);
            }
        }
        let frame = frame::push(vm, code, function, prev);
        if frame.is_null() {
            return refuse(vm, function, args);
        }
        clear_locals(frame, 0, (*code).localsplus as usize);
        // Whatever looks at the frames meanwhile sees the caller's.
        (*vm).eval.frame = prev;
        let bound = bind(&mut *vm, frame, &*code, args);
        args.release(vm);
        if bound.is_err() {
            let end = frame::stack_base(frame);
            frame::clear(vm, frame, end);
            frame::pop(vm, frame);
            return std::ptr::null_mut();
        }
        (*vm).eval.frame = frame;
        if !(*code).flags.contains(CodeFlags::OPTIMIZED) {
            // A function made from the code of a module: its names are globals.
            (*frame).locals = frame::globals(frame).to_value().into_bits();
        }
        frame
    }
}

/// Moves arguments into locals; those that have been moved are absent afterwards.
unsafe fn bind(vm: &mut Vm, frame: *mut Frame, code: &Code, args: Given<'_>) -> Result<()> {
    // SAFETY: the contract of enter_general; the function outlives the call, since the frame owns it.
    unsafe {
        let function = (*frame).function;
        let f = word::payload::<Function>(function);
        let argcount = code.argcount as usize;
        let total = argcount + code.kwonlyargcount as usize;
        let varargs = code.has(CodeFlags::VARARGS);
        let kwdict = match code.has(CodeFlags::VARKEYWORDS) {
            true => Some(vm.new_dict()?),
            false => None,
        };
        if let Some(dict) = &kwdict {
            *local(frame, total + varargs as usize) = dict.to_value().into_bits();
        }
        let moved = args.positional.min(argcount);
        for i in 0..moved {
            *local(frame, i) = std::mem::replace(&mut *args.at.add(i), 0);
        }
        if varargs {
            let rest = args.positional - moved;
            let from = args.at.add(moved);
            let items = (0..rest).map(|i| Value::from_bits(std::mem::replace(&mut *from.add(i), 0)));
            let tuple = vm.new_tuple_in(taipan_object::statics::TUPLE.as_type(), rest, items)?;
            *local(frame, total) = tuple.into_value().into_bits();
        }
        for (i, key) in args.names.iter().enumerate() {
            let value = args.at.add(args.positional + i);
            bind_keyword(vm, frame, code, &kwdict, args, key, value)?;
        }
        if args.positional > argcount && !varargs {
            return Err(too_many(vm, frame, code, args));
        }
        if moved < argcount {
            fill_defaults(vm, frame, code, (*f).defaults.as_ref(), moved)?;
        }
        if code.kwonlyargcount > 0 {
            fill_keyword_defaults(vm, frame, code, (*f).kwdefaults.clone())?;
        }
        Ok(())
    }
}

unsafe fn bind_keyword(
    vm: &mut Vm,
    frame: *mut Frame,
    code: &Code,
    kwdict: &Option<Ref<Dict>>,
    args: Given<'_>,
    key: &Value,
    value: *mut u64,
) -> Result<()> {
    // SAFETY: as for bind.
    unsafe {
        let total = (code.argcount + code.kwonlyargcount) as usize;
        let names = code.localsplusnames.items();
        let first = code.posonlyargcount as usize;
        let Some(text) = key.downcast::<Str>() else {
            return Err(vm.raise_type_error("keywords must be strings"));
        };
        let place = (first..total)
            .find(|&i| names[i].is(key))
            .or_else(|| (first..total).find(|&i| names[i].downcast::<Str>().is_some_and(|n| **n == **text)));
        match place {
            Some(i) => {
                if *local(frame, i) != 0 {
                    let text =
                        format!("{}() got multiple values for argument '{}'", qualname(frame), text.to_string_lossy());
                    return Err(vm.raise_type_error(&text));
                }
                *local(frame, i) = std::mem::replace(&mut *value, 0);
                Ok(())
            }
            None => match kwdict {
                Some(dict) => {
                    let value = Value::from_bits(std::mem::replace(&mut *value, 0));
                    vm.dict_set(dict, key, value)
                }
                None => Err(unexpected(vm, frame, code, args, text)),
            },
        }
    }
}

unsafe fn qualname(frame: *mut Frame) -> String {
    // SAFETY: the frame owns its function.
    unsafe { frame::function(frame).qualname.to_string_lossy() }
}

#[cold]
unsafe fn unexpected(
    vm: &mut Vm,
    frame: *mut Frame,
    code: &Code,
    args: Given<'_>,
    key: &Ref<Str>,
) -> taipan_object::Raised {
    // SAFETY: as for bind.
    let name = unsafe { qualname(frame) };
    let names = code.localsplusnames.items();
    let text_of = |v: &Value| v.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
    let positional_only = &names[..code.posonlyargcount as usize];
    let wrong: Vec<String> = positional_only
        .iter()
        .filter(|n| {
            let Some(n) = n.downcast::<Str>() else { return false };
            args.names.iter().any(|k| k.downcast::<Str>().is_some_and(|k| **k == **n))
        })
        .map(&text_of)
        .collect();
    if !wrong.is_empty() {
        let text =
            format!("{name}() got some positional-only arguments passed as keyword arguments: '{}'", wrong.join(", "));
        return vm.raise_type_error(&text);
    }
    let known: Vec<String> = names[code.posonlyargcount as usize..(code.argcount + code.kwonlyargcount) as usize]
        .iter()
        .map(&text_of)
        .collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let given = key.to_string_lossy();
    let hint = errors::suggest(&given, &known).map(|h| format!(". Did you mean '{h}'?")).unwrap_or_default();
    vm.raise_type_error(&format!("{name}() got an unexpected keyword argument '{given}'{hint}"))
}

#[cold]
unsafe fn too_many(vm: &mut Vm, frame: *mut Frame, code: &Code, args: Given<'_>) -> taipan_object::Raised {
    // SAFETY: as for bind.
    unsafe {
        let name = qualname(frame);
        let argcount = code.argcount as usize;
        let total = argcount + code.kwonlyargcount as usize;
        let keyword_only = (argcount..total).filter(|&i| *local(frame, i) != 0).count();
        let defaults = frame::function(frame).defaults.as_ref().map_or(0, |d| d.len());
        let (takes, many) = if defaults > 0 {
            (format!("from {} to {argcount}", argcount.saturating_sub(defaults)), true)
        } else {
            (argcount.to_string(), argcount != 1)
        };
        let given = args.positional;
        let with_keywords = if keyword_only > 0 {
            format!(
                " positional argument{} (and {keyword_only} keyword-only argument{})",
                if given == 1 { "" } else { "s" },
                if keyword_only == 1 { "" } else { "s" }
            )
        } else {
            String::new()
        };
        let verb = if given == 1 && keyword_only == 0 { "was" } else { "were" };
        let text = format!(
            "{name}() takes {takes} positional argument{} but {given}{with_keywords} {verb} given",
            if many { "s" } else { "" }
        );
        vm.raise_type_error(&text)
    }
}

unsafe fn fill_defaults(
    vm: &mut Vm,
    frame: *mut Frame,
    code: &Code,
    defaults: Option<&Ref<Tuple>>,
    given: usize,
) -> Result<()> {
    // SAFETY: as for bind.
    unsafe {
        let argcount = code.argcount as usize;
        let defaults = defaults.map_or(&[][..], |d| d.items());
        let first = argcount.saturating_sub(defaults.len());
        let missing: Vec<usize> = (given..first).filter(|&i| *local(frame, i) == 0).collect();
        if !missing.is_empty() {
            return Err(raise_missing(vm, frame, code, "positional", &missing));
        }
        // There may be more defaults than parameters: the last ones count.
        let skipped = defaults.len().saturating_sub(argcount);
        for (i, d) in (first..argcount).zip(&defaults[skipped..]) {
            if *local(frame, i) == 0 {
                *local(frame, i) = d.clone().into_bits();
            }
        }
        Ok(())
    }
}

unsafe fn fill_keyword_defaults(
    vm: &mut Vm,
    frame: *mut Frame,
    code: &Code,
    defaults: Option<Ref<Dict>>,
) -> Result<()> {
    // SAFETY: as for bind.
    unsafe {
        let first = code.argcount as usize;
        let mut missing = Vec::new();
        for i in first..first + code.kwonlyargcount as usize {
            if *local(frame, i) != 0 {
                continue;
            }
            let found = match &defaults {
                Some(d) => vm.dict_get(d, &code.localsplusnames.items()[i])?,
                None => None,
            };
            match found {
                Some(v) => *local(frame, i) = v.into_bits(),
                None => missing.push(i),
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(raise_missing(vm, frame, code, "keyword-only", &missing)) }
    }
}

#[cold]
unsafe fn raise_missing(
    vm: &mut Vm,
    frame: *mut Frame,
    code: &Code,
    kind: &str,
    missing: &[usize],
) -> taipan_object::Raised {
    let mut names = Vec::new();
    for &i in missing {
        match vm.repr(&code.localsplusnames.items()[i]) {
            Ok(text) => names.push(text.to_string_lossy()),
            Err(raised) => return raised,
        }
    }
    let list = match &names[..] {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [init @ .., last] => format!("{}, and {last}", init.join(", ")),
        [] => String::new(),
    };
    // SAFETY: as for bind.
    let name = unsafe { qualname(frame) };
    let n = names.len();
    let s = if n == 1 { "" } else { "s" };
    vm.raise_type_error(&format!("{name}() missing {n} required {kind} argument{s}: {list}"))
}
