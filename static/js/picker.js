// A box that holds one customer: type a name, choose from the list. The form sends the number of the record.
let number = 0;

function build(field) {
  number += 1;
  const box = document.createElement('input');
  const list = document.createElement('ul');
  const said = document.createElement('span');
  const frame = document.createElement('div');
  for (const { name, value } of [...field.attributes]) {
    if (['class', 'id', 'maxlength', 'required', 'placeholder'].includes(name) || name.startsWith('aria-')) box.setAttribute(name, value);
  }
  Object.assign(box, { type: 'text', autocomplete: 'off', value: field.dataset.picked || field.value });
  list.id = `picker-${number}`;
  const roles = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id };
  Object.entries(roles).forEach(([name, value]) => box.setAttribute(name, value));
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', document.querySelector(`label[for="${field.id}"]`)?.textContent.trim() || field.name);
  list.hidden = true;
  said.className = 'sr';
  said.setAttribute('role', 'status');
  frame.className = 'picker';
  field.before(frame);
  field.removeAttribute('id');
  field.hidden = true;
  frame.append(box, list, said, field);
  start(field, box, list, said);
}

function start(field, box, list, said) {
  let timer = null;
  let asked = null;
  let at = -1;
  const options = () => [...list.querySelectorAll('[data-value]')];
  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    at = -1;
    box.setAttribute('aria-expanded', 'false');
    box.removeAttribute('aria-activedescendant');
  };
  const move = (to) => {
    const all = options();
    if (!all.length) return;
    at = (to + all.length) % all.length;
    all.forEach((one, index) => one.setAttribute('aria-selected', String(index === at)));
    all[at].scrollIntoView({ block: 'nearest' });
    box.setAttribute('aria-activedescendant', all[at].id);
  };
  const take = (option) => {
    field.value = option.dataset.value;
    box.value = option.dataset.name;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    close();
  };
  const ask = async () => {
    const text = box.value.trim();
    if (!text) { close(); return; }
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.picker}?q=${encodeURIComponent(text)}`, { signal: asked.signal, headers: { 'HX-Request': 'true' } });
      if (!answer.ok || answer.redirected) { close(); return; }
      list.innerHTML = await answer.text();
    } catch { return; }
    if (document.activeElement !== box) return;
    at = -1;
    list.hidden = false;
    box.setAttribute('aria-expanded', 'true');
    box.removeAttribute('aria-activedescendant');
    said.textContent = list.querySelector('[data-said]')?.textContent || '';
    if (!options().length && said.textContent) list.querySelector('[data-said]').hidden = false;
  };
  const later = () => {
    field.value = box.value.trim(); // what was typed is sent, until somebody is chosen
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  };
  box.addEventListener('input', (event) => { if (!event.isComposing) later(); });
  box.addEventListener('compositionend', later);
  box.addEventListener('blur', close);
  box.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown' && list.hidden) { event.preventDefault(); ask(); return; }
    if (list.hidden) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); move(at + (event.key === 'ArrowDown' ? 1 : at < 0 ? 0 : -1)); }
    if (event.key === 'Enter' && at >= 0) { event.preventDefault(); take(options()[at]); }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(); }
  });
  list.addEventListener('mousedown', (event) => {
    event.preventDefault(); // the box keeps the focus
    const option = event.target.closest('[data-value]');
    if (option) take(option);
  });
}

const buildAll = () => document.querySelectorAll('input[data-picker]:not([hidden])').forEach(build);
buildAll();
document.addEventListener('htmx:load', buildAll);
