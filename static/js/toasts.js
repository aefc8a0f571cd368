// Messages: done ones go after 5 s (10 s with undo), errors stay. Also what htmx could not do, and the session's end.
export const words = JSON.parse(document.getElementById('words')?.textContent || '{}');
const fill = (text, n) => (text || '').replace('{n}', n);

/** Show {message, level: 'error' | undefined, undo: url | function, label, seconds, stay}. */
export function toast({ message, level, undo, label, seconds, stay }) {
  const template = document.getElementById('toast');
  if (!template || !message) return null;
  const bad = level === 'error';
  const box = template.content.firstElementChild.cloneNode(true);
  box.classList.toggle('bad', bad);
  if (bad) box.querySelector('use').setAttribute('href', `${document.body.dataset.icons}#i-alert`);
  box.querySelector('.grow').textContent = message;
  document.querySelector(`[data-toasts=${bad ? 'bad' : 'done'}]`).append(box);
  arm(box, { undo, label, seconds: seconds || (undo ? 10 : 5), stay: stay || bad });
  return box;
}

function arm(box, { undo, label, seconds, stay }) {
  const button = box.querySelector('[data-undo]');
  if (button && undo) {
    button.hidden = false;
    button.textContent = label || fill(words.undo, seconds);
    button.onclick = () => {
      box.remove();
      if (typeof undo === 'function') undo();
      else window.htmx.ajax('POST', undo, { target: 'body', swap: 'none' });
    };
  }
  if (stay) return;
  let left = seconds;
  const clock = setInterval(() => {
    if (box.matches(':hover, :focus-within')) return;
    left -= 1;
    if (button && undo && !label) button.textContent = fill(words.undo, left);
    if (left <= 0) { clearInterval(clock); box.remove(); }
  }, 1000);
}

document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-act=dismiss]')) event.target.closest('.toast, .banner').remove();
});
document.querySelectorAll('[data-toast]').forEach((box) => arm(box, { undo: box.dataset.undoUrl, seconds: box.dataset.undoUrl ? 10 : 5 }));

// the server says it: HX-Trigger: {"toast": {"message": …}}
document.addEventListener('toast', (event) => toast(event.detail));
document.addEventListener('htmx:responseError', (event) => {
  const { xhr } = event.detail;
  if ((xhr.getResponseHeader('HX-Trigger') || '').includes('"toast"') || xhr.getResponseHeader('HX-Redirect')) return;
  if (xhr.status === 429) toast({ message: fill(words.too_many, xhr.getResponseHeader('Retry-After') || '60'), level: 'error' });
  else toast({ message: words.failed, level: 'error' });
});
document.addEventListener('htmx:sendError', () => toast({ message: words.offline, level: 'error' }));

// two minutes before the session ends
const left = Number(document.body.dataset.sessionLeft || 0);
if (left > 120) {
  const warn = () => toast({ message: words.session_ends, stay: true, label: words.session_keep, undo: keep });
  let timer = setTimeout(warn, Math.min((left - 120) * 1000, 2 ** 31 - 1));
  const keep = async () => {
    const answer = await fetch(document.body.dataset.keepSession, {
      method: 'POST', headers: JSON.parse(document.body.getAttribute('hx-headers')),
    });
    if (!answer.ok || answer.redirected) { toast({ message: words.failed, level: 'error' }); return; }
    toast({ message: words.session_kept });
    again();
  };
  const again = () => { clearTimeout(timer); timer = setTimeout(warn, (left - 120) * 1000); };
  // what one does on the page is use too; what the page asks by itself is not
  document.addEventListener('htmx:afterRequest', (event) => { if (event.detail.successful && !event.detail.elt.matches('[data-poll]')) again(); });
}
