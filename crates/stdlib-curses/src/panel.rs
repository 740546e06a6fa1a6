//! `_curses_panel`: windows that lie one over the other.

use crate::screen::lock;
use crate::window::Id;
use crate::window_class::{WINDOW, Window, id_of};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::{OBJECT, WEAKREF};
use taipan_object::trace::Opaque;
use taipan_object::weak::Sharing;
use taipan_object::{List, Raised, TypeCell};
use taipan_vm::errors::EXCEPTION;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm, name};

/// `_curses_panel.panel`.
pub static PANEL: TypeCell<Panel> = TypeCell::new("_curses_panel.panel");

const ERROR: &str = "_curses_panel.error";
/// Where weak references to the panels are kept.
const PANELS: &str = "_curses_panel.panels";

/// A panel's number; numbers are not used again.
pub type Number = u64;

/// A panel's place in the stack, which ends with the object.
pub struct Place(Number);

impl Drop for Place {
    fn drop(&mut self) {
        lock().stack.remove(self.0);
    }
}

/// The panels that are shown, the lowest first, with their windows.
#[derive(Default)]
pub struct Stack {
    shown: Vec<(Number, Id)>,
    last: Number,
}

impl Stack {
    fn remove(&mut self, panel: Number) {
        self.shown.retain(|(p, _)| *p != panel);
    }

    fn position(&self, panel: Number) -> Option<usize> {
        self.shown.iter().position(|(p, _)| *p == panel)
    }
}

/// A panel.
#[derive(Trace, Payload)]
#[payload(class = PANEL)]
#[repr(C)]
pub struct Panel {
    // Goes first: what the program has put in is let go of when the panel is not in the stack any more.
    place: Opaque<Place>,
    window: Value,
    user: Option<Value>,
}

/// Methods of `panel`.
pub struct PanelClass;
/// `_curses_panel`.
pub struct Panels;

fn fail(vm: &mut Vm, called: &str) -> Raised {
    vm.raise_added(ERROR, &format!("{called}() returned ERR"))
}

fn number(vm: &Vm, this: &Ref<Panel>) -> Number {
    this.get(vm).place.0.0
}

fn need_screen(vm: &mut Vm) -> Result<()> {
    let begun = lock().display.is_some();
    match begun {
        true => Ok(()),
        false => Err(vm.raise_added(crate::module::ERROR, "must call initscr() first")),
    }
}

/// The list of weak references.
fn known(vm: &mut Vm) -> Result<Ref<List>> {
    if let Some(list) = vm.state().registry.get(PANELS).and_then(|l| l.downcast::<List>()) {
        return Ok(list.clone());
    }
    let list = vm.new_list(Vec::new())?;
    vm.state_mut().registry.insert(PANELS, list.as_value().clone());
    Ok(list)
}

fn alive(weak: &Value) -> Option<Ref<Panel>> {
    let object = weak.downcast::<taipan_object::weak::WeakRef>().and_then(|w| w.upgrade())?;
    object.downcast::<Panel>().cloned()
}

/// The object of a panel.
fn object(vm: &mut Vm, wanted: Option<Number>) -> Result<Option<Ref<Panel>>> {
    let Some(wanted) = wanted else { return Ok(None) };
    let list = known(vm)?;
    let all: Vec<Value> = list.items(vm).to_vec();
    for weak in &all {
        if let Some(panel) = alive(weak)
            && number(vm, &panel) == wanted
        {
            return Ok(Some(panel));
        }
    }
    Ok(None)
}

/// Has what is under and over a window drawn anew.
fn touch_all() {
    let mut screen = lock();
    let windows: Vec<Id> = screen.stack.shown.iter().map(|(_, id)| *id).collect();
    let main = screen.display.as_ref().map(|d| d.main);
    for id in windows.into_iter().chain(main) {
        let _ = screen.windows.touch_all(id, true);
    }
}

#[class(cell = PANEL, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF | DISALLOW_INSTANTIATION)]
impl PanelClass {
    /// The panel above this one, or None.
    #[method("($self, /)")]
    fn above(vm: &mut Vm, this: &Ref<Panel>) -> Result<Option<Ref<Panel>>> {
        let me = number(vm, this);
        let found = {
            let screen = lock();
            let all = &screen.stack;
            all.position(me).and_then(|i| all.shown.get(i + 1)).map(|(p, _)| *p)
        };
        object(vm, found)
    }

    /// The panel below this one, or None.
    #[method("($self, /)")]
    fn below(vm: &mut Vm, this: &Ref<Panel>) -> Result<Option<Ref<Panel>>> {
        let me = number(vm, this);
        let found = {
            let screen = lock();
            let all = &screen.stack;
            all.position(me).and_then(|i| all.shown.get(i.checked_sub(1)?)).map(|(p, _)| *p)
        };
        object(vm, found)
    }

    /// Put the panel under all others.
    #[method("($self, /)")]
    fn bottom(vm: &mut Vm, this: &Ref<Panel>) -> Result<()> {
        insert(vm, this, true)
    }

    /// Put the panel over all others.
    #[method("($self, /)")]
    fn top(vm: &mut Vm, this: &Ref<Panel>) -> Result<()> {
        insert(vm, this, false)
    }

    /// Show the panel, over all others.
    #[method("($self, /)")]
    fn show(vm: &mut Vm, this: &Ref<Panel>) -> Result<()> {
        insert(vm, this, false)
    }

    /// Take the panel off the stack.
    #[method("($self, /)")]
    fn hide(vm: &mut Vm, this: &Ref<Panel>) -> Result<()> {
        let me = number(vm, this);
        lock().stack.remove(me);
        touch_all();
        Ok(())
    }

    /// Whether the panel is off the stack.
    #[method("($self, /)")]
    fn hidden(vm: &mut Vm, this: &Ref<Panel>) -> Result<bool> {
        let me = number(vm, this);
        Ok(lock().stack.position(me).is_none())
    }

    /// Move the panel on the screen.
    #[method("($self, y, x, /)")]
    fn r#move(vm: &mut Vm, this: &Ref<Panel>, y: &Value, x: &Value) -> Result<()> {
        let place = (crate::module::number(vm, y)?, crate::module::number(vm, x)?);
        let Some(window) = this.get(vm).window.downcast::<Window>().cloned() else { return Ok(()) };
        let id = id_of(vm, &window);
        let done = lock().move_window(id, place);
        touch_all();
        done.map_err(|_| fail(vm, "move_panel"))
    }

    /// Give the panel another window.
    #[method("($self, win, /)")]
    fn replace(vm: &mut Vm, this: &Ref<Panel>, win: &Value) -> Result<()> {
        let Some(window) = win.downcast::<Window>().cloned() else {
            let text = format!("replace() argument 1 must be _curses.window, not {}", win.ty().name());
            return Err(vm.raise_type_error(&text));
        };
        let (me, id) = (number(vm, this), id_of(vm, &window));
        if let Some(place) = lock().stack.shown.iter_mut().find(|(p, _)| *p == me) {
            place.1 = id;
        }
        touch_all();
        let old = std::mem::replace(&mut this.get_mut(vm).window, win.clone());
        drop(old);
        Ok(())
    }

    /// The panel's window.
    #[method("($self, /)")]
    fn window(vm: &mut Vm, this: &Ref<Panel>) -> Result {
        Ok(this.get(vm).window.clone())
    }

    /// Keep an object with the panel.
    #[method("($self, obj, /)")]
    fn set_userptr(vm: &mut Vm, this: &Ref<Panel>, obj: &Value) -> Result<()> {
        let old = this.get_mut(vm).user.replace(obj.clone());
        drop(old);
        Ok(())
    }

    /// The object that is kept with the panel.
    #[method("($self, /)")]
    fn userptr(vm: &mut Vm, this: &Ref<Panel>) -> Result {
        match this.get(vm).user.clone() {
            Some(user) => Ok(user),
            None => Err(vm.raise_added(ERROR, "no userptr set")),
        }
    }
}

fn insert(vm: &mut Vm, this: &Ref<Panel>, low: bool) -> Result<()> {
    let me = number(vm, this);
    let Some(window) = this.get(vm).window.downcast::<Window>().cloned() else { return Ok(()) };
    let id = id_of(vm, &window);
    {
        let mut screen = lock();
        screen.stack.remove(me);
        let at = if low { 0 } else { screen.stack.shown.len() };
        screen.stack.shown.insert(at, (me, id));
    }
    touch_all();
    Ok(())
}

#[module(name = "_curses_panel")]
impl Panels {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.import_native(name!("_curses"))?;
        vm.add_exception_class(module, ERROR, EXCEPTION.as_type(), "")?;
        vm.add_class(module, &PanelClass::class_def())?;
        for key in ["version", "__version__"] {
            let version = vm.new_str("2.1")?.into_value();
            module.set(vm, key, version)?;
        }
        Ok(())
    }

    /// A panel with a window, over all others.
    #[function("($module, win, /)")]
    fn new_panel(vm: &mut Vm, win: &Value) -> Result<Ref<Panel>> {
        if win.downcast::<Window>().is_none() {
            let text = format!("new_panel() argument must be {}, not {}", WINDOW.as_type().name(), win.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        need_screen(vm)?;
        let me = {
            let mut screen = lock();
            screen.stack.last += 1;
            screen.stack.last
        };
        let panel = Ref::new(vm, Panel { place: Opaque(Place(me)), window: win.clone(), user: None })?;
        let weak = vm.new_weakref(WEAKREF.as_type(), panel.as_value(), None, Sharing::Reference)?;
        let list = known(vm)?;
        let mut all: Vec<Value> = list.items(vm).iter().filter(|w| alive(w).is_some()).cloned().collect();
        all.extend(weak);
        let list = vm.new_list(all)?;
        vm.state_mut().registry.insert(PANELS, list.as_value().clone());
        insert(vm, &panel, false)?;
        Ok(panel)
    }

    /// The lowest panel, or None.
    #[function("($module, /)")]
    fn bottom_panel(vm: &mut Vm) -> Result<Option<Ref<Panel>>> {
        need_screen(vm)?;
        let found = lock().stack.shown.first().map(|(p, _)| *p);
        object(vm, found)
    }

    /// The highest panel, or None.
    #[function("($module, /)")]
    fn top_panel(vm: &mut Vm) -> Result<Option<Ref<Panel>>> {
        need_screen(vm)?;
        let found = lock().stack.shown.last().map(|(p, _)| *p);
        object(vm, found)
    }

    /// Have all panels shown by the next doupdate().
    #[function("($module, /)")]
    fn update_panels(vm: &mut Vm) -> Result<()> {
        need_screen(vm)?;
        let mut screen = lock();
        let main = screen.display.as_ref().map(|d| d.main);
        let windows: Vec<Id> = main.into_iter().chain(screen.stack.shown.iter().map(|(_, id)| *id)).collect();
        for id in windows {
            // What was written to a lower one must not show through the higher ones.
            let _ = screen.windows.touch_all(id, true);
            let _ = screen.show(id);
        }
        Ok(())
    }
}
