// Forms: drafts every 2 s, one submit at a time, focus on the error summary.
import { toast, words } from './toasts.js';

const user = document.body.dataset.user || '';
const typed = (element) => element.name && !['password', 'file', 'hidden', 'submit', 'button'].includes(element.type) && element.autocomplete !== 'one-time-code' && !('picker' in element.dataset) && !element.closest('[data-no-draft], table[data-select]');
const halfDay = 12 * 3600 * 1000;
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode or full */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* private mode */ } },
  keys() { try { return Object.keys(localStorage).filter((k) => k.startsWith('anju.draft.')); } catch { return []; } },
};

// drafts: of every form that writes something typed ----------------------------------------------
const keeps = (form) => form.method === 'post' && [...form.elements].some(typed);
const drafted = () => [...document.querySelectorAll('form')].filter(keeps);
const about = (form) => [...form.elements].find((e) => 'picker' in e.dataset)?.defaultValue || ''; // whose form it was when it came
const address = (form) => `${new URL(form.getAttribute('action') || '', location.href).pathname}#${about(form)}${[...form.elements].find(typed).name}`;
const place = (form) => `anju.draft.${user}.${form.dataset.draft || address(form)}`;
const hidden = (form, name) => form.elements.namedItem(name)?.value || '';
const started = ['edit_base', 'seen']; // what the server compares with: it belongs to the text typed
const read = (form) => [...form.elements].filter(typed).map((e) => [
  e.name, e.type === 'checkbox' || e.type === 'radio' ? e.value : null,
  e.type === 'checkbox' || e.type === 'radio' ? e.checked : e.multiple ? [...e.selectedOptions].map((o) => o.value) : e.value,
]);
const bases = (form) => started.map((name) => hidden(form, name));
function write(form, fields, from) {
  for (const [name, value, state] of fields) {
    const element = [...form.elements].find((e) => typed(e) && e.name === name && (value === null || e.value === value));
    if (!element) continue;
    if (value !== null) element.checked = state;
    else if (element.multiple) [...element.options].forEach((o) => { o.selected = state.includes(o.value); });
    else element.value = state;
  }
  started.forEach((name, n) => { const element = form.elements.namedItem(name); if (element && from?.[n]) element.value = from[n]; });
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const first = new WeakMap();
const folded = (form) => form.closest('dialog:not([open])') || form.closest('details:not([open])');

function start(form) {
  if (first.has(form)) return;
  const draft = store.get(place(form));
  const shut = folded(form);
  if (shut && user && draft?.cut) { if (shut.showModal) shut.showModal(); else shut.open = true; } else if (shut) return;
  first.set(form, read(form));
  if (!user || !draft) return;
  if (Date.now() - draft.at > halfDay) { store.drop(place(form)); return; }
  if (same(draft.fields, read(form)) || form.querySelector('[aria-invalid=true], [data-merge]')) return;
  const [before, from] = [first.get(form), bases(form)];
  write(form, draft.fields, draft.from);
  toast({ message: words.draft_restored, label: words.draft_discard, seconds: 10, undo: () => { write(form, before, from); store.drop(place(form)); } });
}
const keep = (form, more) => store.set(place(form), { at: Date.now(), fields: read(form), from: bases(form), key: hidden(form, 'idempotency_key'), ...more });
const save = (form) => {
  if (!user || form.dataset.busy || same(read(form), first.get(form))) return;
  keep(form, { sent: false });
};
const saveAll = () => drafted().forEach((form) => { if (first.has(form)) save(form); });
const startAll = () => drafted().forEach(start);

// a draft goes when the server says it is saved (its key is in a cookie); one without a key when the next
// page is neither the same form nor a login or error page, which cut it off
const saved = decodeURIComponent(document.cookie.match(/(?:^|; )anju_saved=([^;]+)/)?.[1] || '');
const cut = !user || 'keepDrafts' in document.body.dataset;
const here = new Set(user ? drafted().map(place) : []);
store.keys().forEach((key) => {
  const draft = store.get(key);
  if (cut) { if (draft?.sent) store.set(key, { ...draft, cut: true }); return; }
  if (!draft || Date.now() - draft.at > halfDay || (draft.key && draft.key === saved)) store.drop(key);
  else if (draft.sent && !draft.cut && !draft.key && !here.has(key)) store.drop(key);
});
startAll();
setInterval(saveAll, 2000);
addEventListener('pagehide', saveAll);
document.addEventListener('htmx:load', startAll);
document.addEventListener('toggle', startAll, true);
document.addEventListener('click', (event) => { if (event.target instanceof Element && event.target.closest('[data-dialog]')) setTimeout(startAll); });
document.addEventListener('reset', (event) => { if (drafted().includes(event.target)) store.drop(place(event.target)); });

// one submit at a time -------------------------------------------------------------------------
const free = (form) => {
  delete form.dataset.busy;
  form.querySelectorAll('[aria-busy=true]').forEach((button) => button.removeAttribute('aria-busy'));
};
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if ('logout' in form.dataset) store.keys().forEach(store.drop);
  const key = form.elements.namedItem('idempotency_key');
  if (key && !key.value) key.value = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  if (user && drafted().includes(form)) keep(form, { sent: true });
  form.dataset.busy = '1';
  event.submitter?.setAttribute('aria-busy', 'true');
  setTimeout(() => free(form), 15000);
}, true);
addEventListener('pageshow', () => document.querySelectorAll('form[data-busy]').forEach(free));
document.addEventListener('htmx:afterRequest', (event) => {
  const form = event.detail.requestConfig.elt; // the answer may have put another form in its place
  if (!(form instanceof HTMLFormElement)) return;
  free(form);
  if (event.detail.successful && event.detail.xhr.status < 400 && keeps(form)) { store.drop(place(form)); first.set(form, read(form)); }
});

// errors ---------------------------------------------------------------------------------------
const look = (from) => {
  const summary = from.querySelector('[data-focus]');
  if (!summary) return;
  summary.focus();
  if (words.error_prefix && !document.title.startsWith(words.error_prefix)) document.title = `${words.error_prefix} ${document.title}`;
};
look(document);
document.addEventListener('htmx:afterSwap', (event) => look(event.detail.target.parentElement || document));
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element && event.target.closest('.err-sum a[href^="#"]');
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) { event.preventDefault(); field.scrollIntoView({ block: 'center' }); field.focus(); }
});
