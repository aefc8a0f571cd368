// Countdowns <time data-left="seconds"> and timers <span data-up="seconds">; units are written out.
import { words } from './toasts.js';

const pad = (n) => String(n).padStart(2, '0');
const ends = new WeakMap();
const moment = (element, seconds) => {
  if (!ends.has(element)) ends.set(element, Date.now() + seconds * 1000);
  return ends.get(element);
};
const put = (text, values) => text.replace(/\{(\w)\}/g, (_, key) => values[key]);

function tick() {
  document.querySelectorAll('[data-left]').forEach((element) => {
    const left = Math.max(0, Math.round((moment(element, Number(element.dataset.left)) - Date.now()) / 1000));
    if (left >= 72 * 3600) return; // written in days by the server
    if (left === 0) element.textContent = words.overdue;
    else if (left < 3600) element.textContent = put(words.minutes_seconds, { m: Math.floor(left / 60), s: pad(left % 60) });
    else element.textContent = put(words.hours_minutes, { h: Math.floor(left / 3600), m: pad(Math.floor((left % 3600) / 60)) });
  });
  document.querySelectorAll('[data-up]').forEach((element) => {
    const gone = Math.max(0, Math.floor((Date.now() - moment(element, -Number(element.dataset.up))) / 1000));
    element.textContent = `${pad(Math.floor(gone / 60))}:${pad(gone % 60)}`;
  });
}
if (words.overdue) setInterval(tick, 1000);
