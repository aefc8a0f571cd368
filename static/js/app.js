// Behaviour of the frame: theme, navigation, menus, dialogs, tabs, row selection. Entry of all scripts.
import './forms.js';
import { toast, words } from './toasts.js';
import './clocks.js';
import './keys.js';
import './search.js';

const root = document.documentElement;
const year = 31536000;
const remember = (name, value) => {
  document.cookie = `${name}=${value};path=/;max-age=${year};samesite=lax${location.protocol === 'https:' ? ';secure' : ''}`;
};
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

const csrf = () => JSON.parse(document.body.getAttribute('hx-headers') || '{}')['x-csrftoken'] || '';
const prefer = (name, value) => {
  const url = document.body.dataset.preferences;
  if (url) fetch(url, { method: 'POST', headers: { 'x-csrftoken': csrf() }, body: new URLSearchParams({ [name]: value }) });
};

const dark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches);
const actions = {
  theme() {
    root.dataset.theme = dark() ? 'light' : 'dark';
    document.getElementById('dark').media = root.dataset.theme === 'dark' ? 'screen' : 'not all';
    remember('anju_theme', root.dataset.theme);
  },
  nav(button) {
    const narrow = matchMedia('(max-width: 1199px)').matches;
    const folded = root.dataset.nav ? root.dataset.nav === 'fold' : narrow;
    root.dataset.nav = folded ? 'open' : 'fold';
    remember('anju_nav', root.dataset.nav);
    button.setAttribute('aria-expanded', String(folded));
  },
  keys(box) {
    root.dataset.keys = box.checked ? 'on' : 'off';
    prefer('shortcuts', box.checked ? '1' : '0');
  },
  density(button) {
    root.dataset.density = button.dataset.density;
    prefer('density', button.dataset.density);
    all('[data-density]', button.parentElement).forEach((b) => b.setAttribute('aria-pressed', String(b === button)));
  },
  'keys-help': () => document.getElementById('keys-help')?.showModal(),
  'close-dialog': (button) => button.closest('dialog').close(),
  print: () => print(),
  async copy(button) {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      toast({ message: words.copied });
    } catch {
      toast({ message: words.copy_failed, level: 'error' });
    }
  },
  clear(button) {
    all('input[type=checkbox]', document.getElementById(button.dataset.table) || document).forEach((box) => {
      if (box.checked && box.closest('table[data-select]')) { box.checked = false; box.dispatchEvent(new Event('change', { bubbles: true })); }
    });
  },
};

// dialogs: focus goes in, Esc closes, focus comes back (the element does it); a click beside it closes
let opener = null;
document.addEventListener('click', (event) => {
  const act = closest(event, '[data-act]');
  if (act && actions[act.dataset.act] && act.type !== 'checkbox') actions[act.dataset.act](act);
  const goal = document.getElementById(closest(event, '[data-focus-on]')?.dataset.focusOn);
  if (goal) { event.preventDefault(); goal.scrollIntoView({ block: 'center' }); goal.focus(); }
  const open = closest(event, '[data-dialog]');
  if (open) { opener = open; document.getElementById(open.dataset.dialog)?.showModal(); }
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  all('details.menu[open]').forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener('change', (event) => {
  const act = closest(event, 'input[data-act]');
  if (act) actions[act.dataset.act]?.(act);
});
document.addEventListener('close', (event) => {
  if (event.target instanceof HTMLDialogElement && opener?.isConnected) { opener.focus(); opener = null; }
}, true);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing) return;
  const menu = all('details.menu[open]').pop();
  if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
});

// tabs: one tab stop, arrow keys move and open; without panels they are plain links
document.addEventListener('keydown', (event) => {
  const list = closest(event, '[role=tablist]');
  if (!list) return;
  const tabs = all('[role=tab]', list);
  const at = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  tabs.at(to % tabs.length).focus();
  tabs.at(to % tabs.length).click();
});
document.addEventListener('click', (event) => {
  const chosen = closest(event, '[role=tab][aria-controls]');
  if (!chosen) return;
  all('[role=tab]', chosen.closest('[role=tablist]')).forEach((tab) => {
    tab.setAttribute('aria-selected', String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute('aria-controls'));
    if (panel && tab.dataset.panel !== 'shared') panel.hidden = tab !== chosen;
  });
});

// a toggle group: the pressed button tells
document.addEventListener('click', (event) => {
  const button = closest(event, '.seg button[aria-pressed], .chips[data-one] button[aria-pressed]');
  if (button) all('button[aria-pressed]', button.parentElement).forEach((b) => b.setAttribute('aria-pressed', String(b === button)));
});

// row selection: the tool bar turns into the bulk bar in place
const rows = (table) => all('tbody tr', table).filter((row) => row.querySelector('input[type=checkbox]'));
document.addEventListener('change', (event) => {
  const table = closest(event, 'table[data-select]');
  if (!table || event.target.type !== 'checkbox') return;
  if (event.target.closest('thead')) rows(table).forEach((row) => { row.querySelector('input').checked = event.target.checked; });
  const chosen = rows(table).filter((row) => row.querySelector('input').checked);
  rows(table).forEach((row) => row.classList.toggle('is-on', chosen.includes(row)));
  const bar = document.querySelector('.tbar');
  bar?.classList.toggle('has-sel', chosen.length > 0);
  all('[data-n]', bar || document).forEach((n) => { n.textContent = String(chosen.length); });
});

// polling rests while nobody looks
document.addEventListener('htmx:beforeRequest', (event) => {
  if (document.hidden && event.detail.elt.matches('[data-poll]')) event.preventDefault();
});

// The box for a customer comes with the first form that has one.
const bring = () => { if (document.querySelector('input[data-picker]:not([hidden])')) import('./picker.js'); };
bring();
document.addEventListener('htmx:load', bring);

// On a narrow screen the tab one is on may lie beyond the edge of its strip.
all('.tabs [aria-current], .tabs [aria-selected="true"]').forEach((tab) => {
  const strip = tab.closest('.tabs');
  strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
});
