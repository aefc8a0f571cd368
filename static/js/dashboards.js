// Dashboards: a choice of place is sent at once; figures refresh by hand, or every two minutes while the page is seen.
const EVERY = 120;
const KEY = 'anju_dashboard_auto';

document.querySelectorAll('[data-plain]').forEach((button) => { button.hidden = true; });
document.querySelectorAll('select[data-submit]').forEach((select) => select.addEventListener('change', () => select.form.submit()));

const kept = () => { try { return localStorage.getItem(KEY) === 'on'; } catch { return false; } };
const keep = (on) => { try { localStorage.setItem(KEY, on ? 'on' : 'off'); } catch { /* asked again next time */ } };
const refresh = () => window.htmx.trigger('[data-board-now]', 'refresh');
const readAnew = () => {
  const source = document.querySelector('[data-board-now]');
  window.htmx.ajax('GET', `${source.getAttribute('hx-get')}&again=1`, { source, target: '#board', swap: 'outerHTML' });
};

function offer() {
  document.querySelectorAll('[data-auto-box]').forEach((box) => { box.hidden = false; });
  document.querySelectorAll('[data-auto]').forEach((box) => { box.checked = kept(); });
}
offer();
document.addEventListener('htmx:afterSwap', offer);
document.addEventListener('change', (event) => { if (event.target.matches('[data-auto]')) keep(event.target.checked); });
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element && event.target.closest('[data-refresh]');
  if (!link) return;
  event.preventDefault();
  readAnew();
});

// seconds in which the page was seen; a hidden tab asks nothing
let seen = 0;
setInterval(() => {
  if (document.hidden || !kept()) return;
  seen += 1;
  // what somebody has opened is not taken away while it is read
  if (seen < EVERY || document.querySelector('#board details[open]')) return;
  seen = 0;
  refresh();
}, 1000);
