//! `_interpchannels`: channels between interpreters, known by numbers.
//!
//! A channel is a queue with two ends. Interpreters become associated with the end that they use, and can release it; when
//! nobody that was associated is left, the channel closes. As in `_interpqueues`, the channels are the process's, and what
//! is in them is copies. Memory that is sent can be shared only where the receiver is the interpreter that sent it: others
//! get a copy.

use crate::interpreters::{PICKLED, REMOVE, REPLACE, Transfer};
use crate::thread::lock::timeout_ns;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use taipan_host::sync::{Event, Waited};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Raised, TypeCell};
use taipan_vm::errors::RUNTIME_ERROR;
use taipan_vm::slots::CompareOp;
use taipan_vm::types::module::Module;
use taipan_vm::types::structseq::StructSeqDef;
use taipan_vm::{Dict, ModuleRef, Ref, Result, Value, Vm, name};

/// `_interpchannels.ChannelID`.
pub static CHANNEL_ID: TypeCell<ChannelId> = TypeCell::new("_interpchannels.ChannelID");

const ERROR: &str = "_interpchannels.ChannelError";
const NOT_FOUND: &str = "_interpchannels.ChannelNotFoundError";
const CLOSED: &str = "_interpchannels.ChannelClosedError";
const EMPTY: &str = "_interpchannels.ChannelEmptyError";
const NOT_EMPTY: &str = "_interpchannels.ChannelNotEmptyError";
const INFO: &str = "_interpchannels.ChannelInfo";
/// Where the classes of the Python half are kept.
const SEND_CLASS: &str = "_interpchannels.SendChannel";
const RECV_CLASS: &str = "_interpchannels.RecvChannel";
/// Where the memory is kept that this interpreter has sent, by the number of the item.
const MEMORY: &str = "_interpchannels.memory";

/// All channels of the process.
#[derive(Default)]
struct Channels {
    all: BTreeMap<i64, Channel>,
    next: i64,
    /// The number of the next item with memory.
    memory: i64,
}

/// A channel. What was closed stays as a name for a closed channel until nobody knows it any more.
struct Channel {
    items: VecDeque<Item>,
    /// Items that nobody will receive, until the table is no longer locked: they may know channels, which tells the table.
    dropped: Vec<Item>,
    unbound: i64,
    fallback: i64,
    /// Interpreters at each end, and whether they still use it.
    senders: Vec<(i64, bool)>,
    receivers: Vec<(i64, bool)>,
    open: bool,
    /// Nothing may be sent any more, and it closes when it is empty.
    closing: bool,
    /// It was closed, and not only left by all.
    closed: bool,
    /// How many objects stand for it.
    known: i64,
}

/// An object in a channel.
struct Item {
    content: Content,
    /// The interpreter that it comes from.
    from: i64,
    /// What becomes of it when that is gone.
    unbound: i64,
    /// The thread that waits until it is received.
    sender: Option<Arc<Sender>>,
}

enum Content {
    Object(Transfer),
    /// A copy of memory, and the number of the original.
    Memory(Vec<u8>, i64),
}

#[derive(Default)]
struct Sender {
    done: Event,
    received: AtomicBool,
}

impl Drop for Item {
    fn drop(&mut self) {
        if let Some(sender) = &self.sender {
            sender.done.set();
        }
    }
}

/// Why nothing can be done with a channel.
#[derive(Clone, Copy)]
enum Problem {
    NotFound,
    Closed,
    Empty,
    NotEmpty,
}

type Outcome<T> = std::result::Result<T, Problem>;

/// One of the two ends, or both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Both,
    Send,
    Receive,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            End::Both => "both",
            End::Send => "send",
            End::Receive => "recv",
        }
    }
}

impl Channel {
    /// Whether somebody is left, or nobody has come yet.
    fn is_used(&self) -> bool {
        let ends = self.senders.iter().chain(&self.receivers);
        let nobody_yet = self.senders.is_empty() && self.receivers.is_empty();
        nobody_yet || ends.clone().any(|(_, uses)| *uses)
    }

    /// Associates an interpreter with an end that it uses; it must not have released it.
    fn associate(&mut self, number: i64, end: End) -> Outcome<()> {
        let there = if end == End::Send { &mut self.senders } else { &mut self.receivers };
        match there.iter().find(|(n, _)| *n == number) {
            Some((_, true)) => Ok(()),
            Some((_, false)) => Err(Problem::Closed),
            None => {
                there.push((number, true));
                Ok(())
            }
        }
    }

    /// An interpreter leaves an end, or both, also if it never used it.
    fn leave(&mut self, number: i64, end: End) {
        let leave = |there: &mut Vec<(i64, bool)>| match there.iter_mut().find(|(n, _)| *n == number) {
            Some(entry) => entry.1 = false,
            None => there.push((number, false)),
        };
        if end != End::Receive {
            leave(&mut self.senders);
        }
        if end != End::Send {
            leave(&mut self.receivers);
        }
        self.open = self.is_used();
    }

    /// What is gone with its interpreter goes here, too.
    fn forget_gone(&mut self, there: &[i64]) {
        let is_gone = |item: &Item| item.unbound == REMOVE && !there.contains(&item.from);
        if self.items.iter().any(is_gone) {
            let (gone, left): (Vec<Item>, Vec<Item>) = self.items.drain(..).partition(is_gone);
            self.items = left.into();
            self.dropped.extend(gone);
        }
        let mut left = false;
        for entry in self.senders.iter_mut().chain(&mut self.receivers) {
            if entry.1 && !there.contains(&entry.0) {
                entry.1 = false;
                left = true;
            }
        }
        if left && self.open {
            self.open = self.is_used();
        }
    }

    fn close(&mut self, end: End, force: bool) -> Outcome<()> {
        if !self.open || !force && end == End::Send && self.closing {
            return Err(Problem::Closed);
        }
        if !force && !self.items.is_empty() {
            if end != End::Send {
                return Err(Problem::NotEmpty);
            }
            self.closing = true;
            return Ok(());
        }
        self.finish();
        Ok(())
    }

    fn finish(&mut self) {
        self.open = false;
        self.closing = false;
        self.closed = true;
        self.dropped.extend(self.items.drain(..));
    }

    fn next(&mut self, number: i64) -> Outcome<Item> {
        if !self.open {
            return Err(Problem::Closed);
        }
        self.associate(number, End::Receive)?;
        let item = self.items.pop_front().ok_or(Problem::Empty)?;
        if self.closing && self.items.is_empty() {
            self.finish();
        }
        Ok(item)
    }
}

/// An object that stands for a channel: while there is one, the channel is there.
pub struct Known {
    table: Arc<Mutex<Channels>>,
    number: i64,
}

impl Known {
    fn new(table: &Arc<Mutex<Channels>>, number: i64) -> Option<Known> {
        locked(table).all.get_mut(&number)?.known += 1;
        Some(Known { table: table.clone(), number })
    }
}

impl Clone for Known {
    fn clone(&self) -> Known {
        if let Some(channel) = locked(&self.table).all.get_mut(&self.number) {
            channel.known += 1;
        }
        Known { table: self.table.clone(), number: self.number }
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        let mut channels = locked(&self.table);
        let Some(channel) = channels.all.get_mut(&self.number) else { return };
        channel.known -= 1;
        if channel.known == 0 {
            let gone = channels.all.remove(&self.number);
            // Its items may hold others of these.
            drop(channels);
            drop(gone);
        }
    }
}

/// A channel, or an end of one. It may be used as an int.
#[derive(Trace, Payload)]
#[payload(class = CHANNEL_ID, frozen)]
#[repr(C)]
pub struct ChannelId {
    number: i64,
    end: Opaque<End>,
    /// Whether other interpreters get an object of the Python half.
    resolve: bool,
    known: Opaque<Option<Known>>,
}

/// A [`ChannelId`] on its way to another interpreter.
pub struct SentId {
    number: i64,
    end: End,
    resolve: bool,
    known: Option<Known>,
}

impl SentId {
    fn of(id: &ChannelId) -> SentId {
        SentId { number: id.number, end: id.end.0, resolve: id.resolve, known: id.known.0.clone() }
    }

    /// What an object is in another interpreter, if it is an end of a channel.
    pub fn shared(vm: &mut Vm, v: &Value) -> Result<Option<SentId>> {
        if let Some(id) = v.downcast_exact::<ChannelId>() {
            return Ok(Some(SentId::of(id)));
        }
        if !is_end(vm, v) {
            return Ok(None);
        }
        let id = vm.get_attr(v, name!("_id"))?;
        match id.downcast::<ChannelId>() {
            Some(id) => Ok(Some(SentId { resolve: true, ..SentId::of(id) })),
            None => {
                let given = id.ty().name().to_string();
                let text = format!("'_id' attribute must be an _interpchannels.ChannelID object, not {given}");
                Err(vm.raise_type_error(&text))
            }
        }
    }

    /// The object, in this interpreter.
    pub fn loaded(&self, vm: &mut Vm) -> Result {
        let id = new_id(vm, self.number, self.end, self.known.clone())?;
        let key = match self.end {
            End::Send => SEND_CLASS,
            End::Receive => RECV_CLASS,
            End::Both => return Ok(id),
        };
        if !self.resolve {
            return Ok(id);
        }
        if !vm.state().registry.contains_key(key) {
            // The only Python half that there is registers its classes when it is imported.
            vm.import("test.support.channels")?;
        }
        match vm.state().registry.get(key).cloned() {
            Some(class) => vm.call(&class, &[id]),
            None => Ok(id),
        }
    }
}

/// Whether an object is one of the Python half.
fn is_end(vm: &Vm, v: &Value) -> bool {
    let class = v.ty().to_value();
    [SEND_CLASS, RECV_CLASS].into_iter().any(|key| vm.state().registry.get(key).is_some_and(|c| c.is(&class)))
}

/// Whether other interpreters can be given an object that is one of this module's.
pub fn is_shareable(vm: &Vm, v: &Value) -> bool {
    v.downcast_exact::<ChannelId>().is_some() || is_end(vm, v)
}

fn locked(table: &Arc<Mutex<Channels>>) -> MutexGuard<'_, Channels> {
    table.lock().unwrap_or_else(|e| e.into_inner())
}

fn table(vm: &mut Vm) -> Result<Arc<Mutex<Channels>>> {
    match vm.shared_table() {
        Some(table) => Ok(table),
        None => Err(vm.raise_runtime_error("interpreters are not available")),
    }
}

/// Does something with the channels, without what went with its interpreter.
fn with_all<R>(vm: &mut Vm, f: impl FnOnce(&mut Channels) -> R) -> Result<R> {
    let table = table(vm)?;
    let there = vm.interpreter_numbers();
    let mut gone = Vec::new();
    let mut channels = locked(&table);
    for channel in channels.all.values_mut() {
        channel.forget_gone(&there);
    }
    let result = f(&mut channels);
    channels.all.values_mut().for_each(|channel| gone.append(&mut channel.dropped));
    drop(channels);
    drop(gone);
    Ok(result)
}

/// Does something with a channel, or raises what is in the way.
fn with<R>(vm: &mut Vm, number: i64, f: impl FnOnce(&mut Channel) -> Outcome<R>) -> Result<R> {
    let found = with_all(vm, |channels| channels.all.get_mut(&number).map_or(Err(Problem::NotFound), f))?;
    found.map_err(|problem| raise(vm, number, problem))
}

/// Does something with a channel that is open.
fn with_open<R>(vm: &mut Vm, number: i64, f: impl FnOnce(&mut Channel) -> Outcome<R>) -> Result<R> {
    with(vm, number, |channel| if channel.open { f(channel) } else { Err(Problem::Closed) })
}

#[cold]
fn raise(vm: &mut Vm, number: i64, problem: Problem) -> Raised {
    let (class, what) = match problem {
        Problem::NotFound => (NOT_FOUND, "not found"),
        Problem::Closed => (CLOSED, "is closed"),
        Problem::Empty => (EMPTY, "is empty"),
        Problem::NotEmpty => (NOT_EMPTY, "may not be closed if not empty (try force=True)"),
    };
    vm.raise_added(class, &format!("channel {number} {what}"))
}

/// The number of a channel, as a program gives it.
fn number_of(vm: &mut Vm, id: &Value) -> Result<i64> {
    if let Some(id) = id.downcast::<ChannelId>() {
        return Ok(id.number);
    }
    if taipan_vm::slots::of(id.ty()).index.is_none() {
        let text = format!("channel ID must be an int, got {}", id.ty().short_name());
        return Err(vm.raise_type_error(&text));
    }
    let index = vm.index(id)?;
    let Some(number) = index.as_int().and_then(|n| n.to_i64()) else {
        return Err(vm.raise_overflow_error("int too big to convert"));
    };
    if number < 0 {
        return Err(vm.raise_value_error(&format!("channel ID must be a non-negative int, got {number}")));
    }
    Ok(number)
}

fn new_id(vm: &mut Vm, number: i64, end: End, known: Option<Known>) -> Result {
    let id = ChannelId { number, end: Opaque(end), resolve: false, known: Opaque(known) };
    Ref::new(vm, id).map(Ref::into_value)
}

/// An object for a channel of the table.
fn known_id(vm: &mut Vm, number: i64, end: End) -> Result {
    let table = table(vm)?;
    let known = Known::new(&table, number);
    new_id(vm, number, end, known)
}

fn unbound_op(vm: &mut Vm, op: Option<i64>) -> Result<Option<i64>> {
    match op.filter(|op| *op >= 0) {
        Some(op @ (0 | 4..)) => Err(vm.raise_value_error(&format!("unsupported unboundop {op}"))),
        op => Ok(op),
    }
}

fn fallback_of(vm: &mut Vm, fallback: Option<i64>) -> Result<Option<i64>> {
    match fallback.filter(|how| *how >= 0) {
        Some(how @ 2..) => Err(vm.raise_value_error(&format!("unsupported fallback {how}"))),
        how => Ok(how),
    }
}

fn end_of(send: bool, recv: bool) -> End {
    match (send, recv) {
        (true, false) => End::Send,
        (false, true) => End::Receive,
        _ => End::Both,
    }
}

/// How a send is made.
struct Sending<'a> {
    unbound: Option<i64>,
    fallback: Option<i64>,
    blocking: Option<bool>,
    timeout: Option<&'a Value>,
}

impl Sending<'_> {
    /// Until when to wait, if it is to be waited at all.
    fn deadline(&self, vm: &mut Vm) -> Result<Option<i64>> {
        let Some(timeout) = self.timeout.filter(|t| !t.is_none()) else { return Ok(None) };
        if self.blocking == Some(false) {
            return Err(vm.raise_value_error("can't specify a timeout for a non-blocking call"));
        }
        let ns = timeout_ns(vm, timeout)?;
        if ns < 0 {
            return Err(vm.raise_value_error("timeout value must be a non-negative number"));
        }
        Ok(Some(taipan_host::clock::monotonic_ns().saturating_add(ns)))
    }

    fn send(self, vm: &mut Vm, cid: &Value, content: impl FnOnce(&mut Vm, i64) -> Result<Content>) -> Result<()> {
        let number = number_of(vm, cid)?;
        let deadline = self.deadline(vm)?;
        let unbound = unbound_op(vm, self.unbound)?;
        let fallback = fallback_of(vm, self.fallback)?;
        let from = vm.state().number;
        let defaults = with_open(vm, number, |channel| {
            if channel.closing {
                return Err(Problem::Closed);
            }
            channel.associate(from, End::Send)?;
            Ok((channel.unbound, channel.fallback))
        })?;
        let (unbound, fallback) = (unbound.unwrap_or(defaults.0), fallback.unwrap_or(defaults.1));
        let content = content(vm, fallback)?;
        let sender = (self.blocking != Some(false)).then(|| Arc::new(Sender::default()));
        let item = Item { content, from, unbound, sender: sender.clone() };
        with_open(vm, number, |channel| {
            if channel.closing {
                return Err(Problem::Closed);
            }
            channel.items.push_back(item);
            Ok(())
        })?;
        match sender {
            Some(sender) => wait(vm, number, &sender, deadline),
            None => Ok(()),
        }
    }
}

/// Waits until an item was received.
fn wait(vm: &mut Vm, number: i64, sender: &Arc<Sender>, deadline: Option<i64>) -> Result<()> {
    let raised = loop {
        match vm.detach(|| sender.done.wait(deadline)) {
            Waited::Done if sender.received.load(Ordering::Acquire) => return Ok(()),
            Waited::Done => return Err(raise(vm, number, Problem::Closed)),
            Waited::TimedOut => {
                break vm.raise_class(taipan_vm::errors::TIMEOUT_ERROR.as_type(), "timed out");
            }
            Waited::Interrupted => {
                if let Err(raised) = vm.check_signals() {
                    break raised;
                }
            }
        }
    };
    // It may have been received since.
    let is_this = |item: &Item| item.sender.as_ref().is_some_and(|s| Arc::ptr_eq(s, sender));
    let taken_back = with_all(vm, |channels| {
        let items = &mut channels.all.get_mut(&number)?.items;
        let at = items.iter().position(is_this)?;
        items.remove(at)
    });
    match taken_back {
        Ok(item) => drop(item),
        Err(more) => drop(vm.take_raised(more)),
    }
    Err(raised)
}

/// The memory that this interpreter has sent, by number.
fn sent_memory(vm: &mut Vm) -> Result<Ref<Dict>> {
    if let Some(there) = vm.state().registry.get(MEMORY).and_then(|d| d.downcast::<Dict>()).cloned() {
        return Ok(there);
    }
    let made = vm.new_dict()?;
    vm.state_mut().registry.insert(MEMORY, made.to_value());
    Ok(made)
}

impl Item {
    /// What is received, with what stands for it if its interpreter is gone.
    fn received(mut self, vm: &mut Vm) -> Result {
        if let Some(sender) = self.sender.take() {
            sender.received.store(true, Ordering::Release);
            sender.done.set();
        }
        if !vm.interpreter_numbers().contains(&self.from) {
            let unbound = vm.new_int(self.unbound)?;
            return vm.new_tuple(vec![Value::none(), unbound]).map(Ref::into_value);
        }
        let value = match &self.content {
            Content::Object(copy) => copy.loaded(vm)?,
            Content::Memory(bytes, number) => {
                let here = vm.state().number;
                let original = if self.from == here { take_memory(vm, *number)? } else { None };
                match original {
                    Some(view) => view,
                    None => {
                        let copy = vm.new_bytes(bytes)?.into_value();
                        let bytearray = vm.builtin("bytearray")?;
                        let copy = vm.call(&bytearray, &[copy])?;
                        view_of(vm, &copy)?
                    }
                }
            }
        };
        vm.new_tuple(vec![value, Value::none()]).map(Ref::into_value)
    }
}

fn view_of(vm: &mut Vm, v: &Value) -> Result {
    let memoryview = vm.builtin("memoryview")?;
    vm.call(&memoryview, std::slice::from_ref(v))
}

fn take_memory(vm: &mut Vm, number: i64) -> Result<Option<Value>> {
    let sent = sent_memory(vm)?;
    let key = vm.new_int(number)?;
    vm.call_method(sent.as_value(), name!("pop"), &[key, Value::none()]).map(|v| Some(v).filter(|v| !v.is_none()))
}

/// Methods of `ChannelID`.
pub struct ChannelIdClass;

/// A channel ID identifies a channel and may be used as an int.
#[class(cell = CHANNEL_ID, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl ChannelIdClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ChannelId>) -> Result {
        let end = match this.end.0 {
            End::Both => String::new(),
            end => format!(", {}=True", end.name()),
        };
        vm.new_str(&format!("ChannelID({}{end})", this.number)).map(Ref::into_value)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<ChannelId>) -> Result {
        vm.new_str(&this.number.to_string()).map(Ref::into_value)
    }

    #[slot]
    fn int(vm: &mut Vm, this: &Ref<ChannelId>) -> Result {
        vm.new_int(this.number)
    }

    #[slot]
    fn index(vm: &mut Vm, this: &Ref<ChannelId>) -> Result {
        vm.new_int(this.number)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<ChannelId>) -> Result<i64> {
        let number = vm.new_int(this.number)?;
        vm.hash(&number)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        let Some(this) = a.downcast::<ChannelId>() else { return Ok(Value::not_implemented()) };
        if let Some(other) = b.downcast::<ChannelId>() {
            let same = this.number == other.number && this.end.0 == other.end.0;
            return Ok(Value::bool(same == matches!(op, CompareOp::Eq)));
        }
        let slots = taipan_vm::slots::of(b.ty());
        if slots.index.is_none() && slots.float.is_none() && slots.int.is_none() {
            return Ok(Value::not_implemented());
        }
        let number = vm.new_int(this.number)?;
        vm.compare(&number, b, op)
    }

    /// 'send', 'recv', or 'both'
    #[getter]
    fn end(vm: &mut Vm, this: &Ref<ChannelId>) -> Result {
        vm.intern_utf8(this.end.0.name()).map(Ref::into_value)
    }

    /// the 'send' end of the channel
    #[getter]
    fn send(vm: &mut Vm, this: &Ref<ChannelId>) -> Result {
        new_id(vm, this.number, End::Send, this.known.0.clone())
    }

    /// the 'recv' end of the channel
    #[getter]
    fn recv(vm: &mut Vm, this: &Ref<ChannelId>) -> Result {
        new_id(vm, this.number, End::Receive, this.known.0.clone())
    }
}

const INFO_DEF: StructSeqDef<'static> = StructSeqDef {
    name: INFO,
    doc: "ChannelInfo\n\nA named tuple of a channel's state.",
    fields: &[
        ("open", "both ends are open"),
        ("closing", "send is closed, recv is non-empty"),
        ("closed", "both ends are closed"),
        ("count", "queued objects"),
        ("num_interp_send", "interpreters bound to the send end"),
        ("num_interp_send_released", "interpreters bound to the send end and released"),
        ("num_interp_recv", "interpreters bound to the send end"),
        ("num_interp_recv_released", "interpreters bound to the send end and released"),
        ("num_interp_both", "interpreters bound to both ends"),
        ("num_interp_both_released", "interpreters bound to both ends and released_from_both"),
        ("num_interp_both_send_released", "interpreters bound to both ends and released_from_the send end"),
        ("num_interp_both_recv_released", "interpreters bound to both ends and released_from_the recv end"),
        ("send_associated", "current interpreter is bound to the send end"),
        ("send_released", "current interpreter *was* bound to the send end"),
        ("recv_associated", "current interpreter is bound to the recv end"),
        ("recv_released", "current interpreter *was* bound to the recv end"),
    ],
    visible: 8,
};

/// The state of a channel: three flags, the number of items, how many interpreters use which ends how, and how the one
/// that asks does.
fn info(channel: &Channel, here: i64) -> ([bool; 3], usize, [i64; 8], [bool; 4]) {
    let (mut counts, mut mine) = ([0; 8], [false; 4]);
    if !channel.open {
        return ([false, false, true], 0, counts, mine);
    }
    let at = |there: &[(i64, bool)], number: i64| there.iter().find(|(n, _)| *n == number).map(|(_, uses)| *uses);
    let mut numbers: Vec<i64> = channel.senders.iter().chain(&channel.receivers).map(|(n, _)| *n).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let (sends, receives) = (at(&channel.senders, number), at(&channel.receivers, number));
        let which = match (sends, receives) {
            (Some(true), None) => 0,
            (Some(false), None) => 1,
            (None, Some(true)) => 2,
            (None, Some(false)) => 3,
            (Some(true), Some(true)) => 4,
            (Some(false), Some(false)) => 5,
            (Some(false), Some(true)) => 6,
            (Some(true), Some(false)) => 7,
            (None, None) => continue,
        };
        counts[which] += 1;
        if number == here {
            mine = [sends == Some(true), sends == Some(false), receives == Some(true), receives == Some(false)];
        }
    }
    ([!channel.closing, channel.closing, false], channel.items.len(), counts, mine)
}

/// `_interpchannels`.
pub struct InterpchannelsModule;

/// This module provides primitive operations to manage Python interpreters.
/// The 'interpreters' module provides a more convenient interface.
#[module(name = "_interpchannels")]
impl InterpchannelsModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let error = vm.add_exception_class(module, ERROR, RUNTIME_ERROR.as_type(), "")?;
        for class in [NOT_FOUND, CLOSED, EMPTY, NOT_EMPTY] {
            vm.add_exception_class(module, class, &error, "")?;
        }
        vm.add_class(module, &ChannelIdClass::class_def())?;
        let class = match vm.state().registry.get(INFO).cloned() {
            Some(class) => class,
            None => {
                let class = vm.new_structseq_class(&INFO_DEF)?.into_value();
                vm.state_mut().registry.insert(INFO, class.clone());
                class
            }
        };
        module.set(vm, "ChannelInfo", class)
    }

    /// Create a new cross-interpreter channel and return a unique generated ID.
    #[function("($module, unboundop=-1, fallback=-1)")]
    fn create(vm: &mut Vm, unboundop: Option<i64>, fallback: Option<i64>) -> Result {
        let unbound = unbound_op(vm, unboundop)?.unwrap_or(REPLACE);
        let fallback = fallback_of(vm, fallback)?.unwrap_or(PICKLED);
        let number = with_all(vm, |channels| {
            let number = channels.next;
            channels.next += 1;
            let channel = Channel {
                items: VecDeque::new(),
                dropped: Vec::new(),
                unbound,
                fallback,
                senders: Vec::new(),
                receivers: Vec::new(),
                open: true,
                closing: false,
                closed: false,
                known: 0,
            };
            channels.all.insert(number, channel);
            number
        })?;
        known_id(vm, number, End::Both)
    }

    /// Close and finalize the channel. Afterward attempts to use the channel
    /// will behave as though it never existed.
    #[function("($module, cid)")]
    fn destroy(vm: &mut Vm, cid: &Value) -> Result<()> {
        let number = number_of(vm, cid)?;
        match with_all(vm, |channels| channels.all.remove(&number))? {
            Some(_) => Ok(()),
            None => Err(raise(vm, number, Problem::NotFound)),
        }
    }

    /// Return the list of all IDs for active channels.
    #[function("($module, /)")]
    fn list_all(vm: &mut Vm) -> Result {
        let all: Vec<[i64; 3]> = with_all(vm, |channels| {
            let there = channels.all.iter().rev().filter(|(_, channel)| !channel.closed);
            there.map(|(number, channel)| [*number, channel.unbound, channel.fallback]).collect()
        })?;
        let mut list = Vec::with_capacity(all.len());
        for [number, unbound, fallback] in all {
            let entry = vec![known_id(vm, number, End::Both)?, vm.new_int(unbound)?, vm.new_int(fallback)?];
            list.push(vm.new_tuple(entry)?.into_value());
        }
        vm.new_list(list).map(Ref::into_value)
    }

    /// Return the list of all interpreter IDs associated with an end of the channel.
    ///
    /// The 'send' argument should be a boolean indicating whether to use the send or
    /// receive end.
    #[function("($module, cid, *, send)")]
    fn list_interpreters(vm: &mut Vm, cid: &Value, send: bool) -> Result {
        let number = number_of(vm, cid)?;
        let users: Vec<i64> = with_open(vm, number, |channel| {
            if send && channel.closing {
                return Err(Problem::Closed);
            }
            let there = if send { &channel.senders } else { &channel.receivers };
            Ok(there.iter().filter(|(_, uses)| *uses).map(|(n, _)| *n).collect())
        })?;
        let mut list = Vec::with_capacity(users.len());
        for user in users {
            list.push(vm.new_int(user)?);
        }
        vm.new_list(list).map(Ref::into_value)
    }

    /// Add the object's data to the channel's queue.
    /// By default this waits for the object to be received.
    #[function("($module, cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)")]
    fn send(
        vm: &mut Vm,
        cid: &Value,
        obj: &Value,
        unboundop: Option<i64>,
        fallback: Option<i64>,
        blocking: Option<bool>,
        timeout: Option<&Value>,
    ) -> Result<()> {
        let sending = Sending { unbound: unboundop, fallback, blocking, timeout };
        sending.send(vm, cid, |vm, fallback| Transfer::by(vm, obj, fallback).map(Content::Object))
    }

    /// Add the object's buffer to the channel's queue.
    /// By default this waits for the object to be received.
    #[function("($module, cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)")]
    fn send_buffer(
        vm: &mut Vm,
        cid: &Value,
        obj: &Value,
        unboundop: Option<i64>,
        fallback: Option<i64>,
        blocking: Option<bool>,
        timeout: Option<&Value>,
    ) -> Result<()> {
        let view = view_of(vm, obj)?;
        let sending = Sending { unbound: unboundop, fallback, blocking, timeout };
        sending.send(vm, cid, |vm, _| {
            let bytes = vm.bytes_of(&view)?;
            let number = with_all(vm, |channels| {
                channels.memory += 1;
                channels.memory
            })?;
            let (sent, key) = (sent_memory(vm)?, vm.new_int(number)?);
            vm.dict_set(&sent, &key, view)?;
            Ok(Content::Memory(bytes, number))
        })
    }

    /// Return a new object from the data at the front of the channel's queue.
    ///
    /// If there is nothing to receive then raise ChannelEmptyError, unless
    /// a default value is provided. In that case return it.
    #[function("($module, cid, default=<unrepresentable>)")]
    fn recv(vm: &mut Vm, cid: &Value, default: Option<&Value>) -> Result {
        let number = number_of(vm, cid)?;
        let here = vm.state().number;
        let next = with(vm, number, |channel| match channel.next(here) {
            Ok(item) => Ok(Some(item)),
            Err(Problem::Empty) if default.is_some() => Ok(None),
            Err(problem) => Err(problem),
        })?;
        match (next, default) {
            (Some(item), _) => item.received(vm),
            (None, default) => {
                let default = default.cloned().unwrap_or_else(Value::none);
                vm.new_tuple(vec![default, Value::none()]).map(Ref::into_value)
            }
        }
    }

    /// Close the channel for all interpreters.
    ///
    /// If the channel is empty then the keyword args are ignored and both
    /// ends are immediately closed. Otherwise, if 'force' is True then
    /// all queued items are released and both ends are immediately
    /// closed.
    ///
    /// If the channel is not empty *and* 'force' is False then closing the
    /// send end alone lets what is queued be received first, and anything
    /// else is a ChannelNotEmptyError.
    #[function("($module, cid, *, send=False, recv=False, force=False)")]
    fn close(vm: &mut Vm, cid: &Value, send: Option<bool>, recv: Option<bool>, force: Option<bool>) -> Result<()> {
        let number = number_of(vm, cid)?;
        let end = end_of(send == Some(true), recv == Some(true));
        with(vm, number, |channel| channel.close(end, force == Some(true)))
    }

    /// Close the channel for the current interpreter. 'send' and 'recv'
    /// (bool) may be used to indicate the ends to close. By default both
    /// ends are closed.
    #[function("($module, cid, *, send=False, recv=False, force=False)")]
    fn release(vm: &mut Vm, cid: &Value, send: Option<bool>, recv: Option<bool>, _force: Option<bool>) -> Result<()> {
        let number = number_of(vm, cid)?;
        let here = vm.state().number;
        let end = end_of(send == Some(true), recv == Some(true));
        with_open(vm, number, |channel| {
            channel.leave(here, end);
            Ok(())
        })
    }

    /// Return the number of items in the channel.
    #[function("($module, cid)")]
    fn get_count(vm: &mut Vm, cid: &Value) -> Result<usize> {
        let number = number_of(vm, cid)?;
        with_open(vm, number, |channel| Ok(channel.items.len()))
    }

    /// Return details about the channel.
    #[function("($module, cid)")]
    fn get_info(vm: &mut Vm, cid: &Value) -> Result {
        let number = number_of(vm, cid)?;
        let here = vm.state().number;
        let (flags, count, counts, mine) = with(vm, number, |channel| Ok(info(channel, here)))?;
        let mut values: Vec<Value> = flags.into_iter().map(Value::bool).collect();
        values.push(vm.new_int(count as i64)?);
        for n in counts {
            values.push(vm.new_int(n)?);
        }
        values.extend(mine.into_iter().map(Value::bool));
        match vm.state().registry.get(INFO).and_then(|c| c.as_type_ref()).cloned() {
            Some(class) => vm.new_structseq(&class, values),
            None => Err(vm.raise_runtime_error("_interpchannels is not initialised")),
        }
    }

    /// Return the channel's default values, set when it was created.
    #[function("($module, cid)")]
    fn get_channel_defaults(vm: &mut Vm, cid: &Value) -> Result {
        let number = number_of(vm, cid)?;
        let (unbound, fallback) = with_open(vm, number, |channel| Ok((channel.unbound, channel.fallback)))?;
        let both = vec![vm.new_int(unbound)?, vm.new_int(fallback)?];
        vm.new_tuple(both).map(Ref::into_value)
    }

    /// An object for a channel, or for an end of it; with force also for one that is not there.
    #[function("($module, id, *, send=None, recv=None, force=False, _resolve=False)")]
    fn _channel_id(
        vm: &mut Vm,
        id: &Value,
        send: Option<bool>,
        recv: Option<bool>,
        force: Option<bool>,
        _resolve: Option<bool>,
    ) -> Result {
        let number = number_of(vm, id)?;
        let end = match (send, recv) {
            (Some(false), Some(false)) => {
                return Err(vm.raise_value_error("'send' and 'recv' cannot both be False"));
            }
            (Some(true), Some(true)) => End::Both,
            (Some(true), _) => End::Send,
            (_, Some(true)) => End::Receive,
            _ => id.downcast::<ChannelId>().map_or(End::Both, |id| id.end.0),
        };
        let table = table(vm)?;
        let known = Known::new(&table, number);
        if known.is_none() && force != Some(true) {
            return Err(raise(vm, number, Problem::NotFound));
        }
        let resolve = _resolve == Some(true);
        let id = ChannelId { number, end: Opaque(end), resolve, known: Opaque(known) };
        Ref::new(vm, id).map(Ref::into_value)
    }

    /// The classes of the Python half.
    #[function("($module, send, recv)")]
    fn _register_end_types(vm: &mut Vm, send: &Value, recv: &Value) -> Result<()> {
        for (key, class, which) in [(SEND_CLASS, send, "send"), (RECV_CLASS, recv, "recv")] {
            if class.as_type().is_none() {
                return Err(vm.raise_type_error(&format!("expected a type for '{which}'")));
            }
            let old = vm.state_mut().registry.insert(key, class.clone());
            drop(old);
        }
        Ok(())
    }
}
