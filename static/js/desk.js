// The call desk: asks what rings, F8 accepts, 1–9 chooses who calls, classes by pinyin, snippets //1.
// A call that rings is shown and said; it never takes the focus from what is being typed.
const EVERY = 600;
const bar = document.getElementById('callbar');
const pop = document.getElementById('pop-call');
const said = document.getElementById('pop-said');
const matter = document.querySelector('form[data-matter]');
const composing = (event) => event.isComposing || event.keyCode === 229;
const typing = (element) => element instanceof Element
  && element.matches('input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable=true]');

// what rings ---------------------------------------------------------------------------------------
let shown = null;
function ring(call) {
  if (call && String(call.id) === bar.dataset.call) return ring(null); // its own page is open
  const what = call ? `${call.id} ${call.press}` : null; // rings, or is answered and not opened yet
  if (what === shown) return;
  shown = what;
  pop.hidden = !call;
  said.textContent = call?.said || '';
  if (!call) return;
  pop.action = call.accept;
  pop.querySelector('[data-press]').textContent = call.press;
  pop.querySelector('[data-who]').textContent = call.who;
  pop.querySelector('[data-number]').textContent = call.number;
  const key = pop.elements.namedItem('idempotency_key');
  if (key) key.value = ''; // each call is accepted under a key of its own
}

let talked = null;
function talk(call) {
  const timer = bar.querySelector('[data-timer]');
  if (call) bar.querySelector('[data-state-text]').textContent = call.state;
  if ((call?.id ?? null) === talked) return;
  talked = call?.id ?? null;
  timer.hidden = !call;
  const back = bar.querySelector('[data-talk]');
  back.hidden = !call || String(call.id) === bar.dataset.call;
  if (call) back.href = call.url;
  if (!call) return;
  const fresh = timer.cloneNode(true);
  fresh.dataset.up = String(call.seconds);
  timer.replaceWith(fresh);
}

async function ask() {
  try {
    const answer = await fetch(bar.dataset.now, { headers: { 'HX-Request': 'true' }, signal: AbortSignal.timeout(5000) });
    if (answer.ok && !answer.redirected) {
      const told = await answer.json();
      ring(told.ring);
      talk(told.talk);
    }
  } catch { /* no network: asked again in a moment */ }
  setTimeout(ask, document.hidden ? 2000 : EVERY);
}
ask();

// after a matter is written down the focus is on the bar; on a fresh call it is in the form
const category = matter?.querySelector('[data-desk-category]');
if (document.querySelector('[data-focus]')) { /* the summary of errors has it */ } else if (category) category.focus();
else if ('home' in bar.dataset && !typing(document.activeElement)) bar.focus();

// keys -----------------------------------------------------------------------------------------------
document.addEventListener('keydown', (event) => {
  if (composing(event)) return;
  if (event.key === 'F8' && !pop.hidden) { event.preventDefault(); pop.requestSubmit(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  const match = document.querySelector(`[data-match="${event.key}"]`);
  const free = !typing(event.target) || (event.target === category && !category.value);
  if (match && free) { event.preventDefault(); match.click(); }
});

// classes ----------------------------------------------------------------------------------------------
const list = document.getElementById('desk-options');
if (category && list) {
  const told = matter.querySelector('[data-combo-said]');
  const options = [...list.children];
  let at = -1;
  const open = () => options.filter((option) => !option.hidden);
  const attributes = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id };
  Object.entries(attributes).forEach(([name, value]) => category.setAttribute(name, value));
  const close = () => {
    list.hidden = true;
    at = -1;
    category.setAttribute('aria-expanded', 'false');
    category.removeAttribute('aria-activedescendant');
  };
  const move = (to) => {
    const all = open();
    if (!all.length) return;
    at = (to + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute('aria-selected', String(place === at)));
    all[at].scrollIntoView({ block: 'nearest' });
    category.setAttribute('aria-activedescendant', all[at].id);
  };
  const show = () => {
    const text = category.value.trim().toLowerCase();
    const begins = (option) => option.dataset.keys.split(' ').some((key) => key.startsWith(text));
    options.forEach((option) => { option.hidden = !(begins(option) || option.dataset.label.toLowerCase().includes(text)); });
    const rank = (option) => (option.dataset.keys.split(' ').includes(text) ? 0 : 1);
    open().sort((a, b) => rank(a) - rank(b)).forEach((option) => list.append(option));
    options.sort((a, b) => [...list.children].indexOf(a) - [...list.children].indexOf(b));
    list.hidden = !open().length;
    category.setAttribute('aria-expanded', String(!list.hidden));
    told.className = open().length ? 'sr' : 'hint';
    told.textContent = open().length ? told.dataset.many.replace('{n}', open().length) : told.dataset.none;
    move(0);
  };
  const take = (option) => {
    category.value = option.dataset.label;
    const box = matter.querySelector(`input[name=severity][value="${option.dataset.severity}"]`);
    if (box) box.checked = true;
    close();
  };
  category.addEventListener('input', (event) => { if (!event.isComposing) show(); });
  category.addEventListener('compositionend', show);
  category.addEventListener('blur', close);
  category.addEventListener('keydown', (event) => {
    if (composing(event)) return;
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // Enter takes a class, it never sends the form
      if (!list.hidden && at >= 0) take(open()[at]);
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) show(); else move(at + (event.key === 'ArrowDown' ? 1 : -1));
    }
    if (event.key === 'Escape' && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
  });
  list.addEventListener('mousedown', (event) => {
    event.preventDefault(); // the box keeps the focus
    const option = event.target.closest('[role=option]');
    if (option) take(option);
  });
}

// snippets ---------------------------------------------------------------------------------------------
const summary = matter?.querySelector('[data-desk-summary]');
const expand = () => {
  const { selectionStart: end, value } = summary;
  const found = value.slice(0, end).match(/\/\/([1-9])$/);
  const text = found && matter.querySelector(`[data-snippet="${found[1]}"]`)?.dataset.text;
  if (text) summary.setRangeText(text, end - 3, end, 'end');
};
summary?.addEventListener('input', (event) => { if (!event.isComposing) expand(); });
summary?.addEventListener('compositionend', expand);
