// Charts: the library is asked for when the first one comes near the screen; without it the tables stay.
// Colours are tokens, so they follow the theme; on paper they are the light ones and the tables stand open.
const root = document.documentElement;
const figures = [...document.querySelectorAll('[data-chart]')].filter((figure) => document.getElementById(figure.dataset.chart));
const still = matchMedia('(prefers-reduced-motion: reduce)');
const language = root.lang.startsWith('zh') ? 'ZH' : 'EN';
const drawn = new Map();
let library = null;
let ready = null;

const load = (address) => { library ??= address ? import(address) : Promise.reject(new Error('no library')); return library; };

/** Put the worth of each token in the place of its name. */
function coloured(part, styles) {
  if (typeof part === 'string') return part.startsWith('--') ? styles.getPropertyValue(part).trim() : part;
  if (Array.isArray(part)) return part.map((one) => coloured(one, styles));
  if (part && typeof part === 'object') return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, coloured(one, styles)]));
  return part;
}

function writer({ unit, digits }) {
  const numbers = new Intl.NumberFormat(root.lang, { maximumFractionDigits: digits });
  const short = new Intl.NumberFormat(root.lang, { maximumFractionDigits: digits, notation: 'compact' });
  const ends = unit === 'percent' ? '%' : '';
  const starts = unit === 'yuan' ? '¥' : '';
  const one = (value) => (value === null || value === undefined || value === '-' ? '--' : `${starts}${numbers.format(value)}${ends}`);
  return { full: (value) => (Array.isArray(value) ? value.map(one).join(', ') : one(value)), short: (value) => `${starts}${short.format(value)}${ends}` };
}

const said = (write) => (params) => {
  const points = [params].flat().filter((point) => point.seriesName !== '');
  const lines = points.map(({ marker, seriesName, name, value, seriesType }) => {
    if (seriesType === 'heatmap') return `${name} · ${write.full(value[2])}`;
    if (seriesType === 'tree' || seriesType === 'scatter') return `${name} · ${write.full(value)}`;
    return `${marker}${seriesName}  ${write.full(value)}`;
  });
  const head = points.length && points[0].axisValueLabel !== undefined ? [points[0].axisValueLabel] : [];
  return [...head, ...lines].join('\n');
};

function draw(figure, echarts) {
  const payload = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const write = writer(payload);
  const styles = getComputedStyle(root);
  const option = coloured(payload.option, styles);
  option.animation = !still.matches;
  option.animationDuration = 240;
  option.textStyle.fontFamily = getComputedStyle(document.body).fontFamily;
  option.tooltip.formatter = said(write);
  for (const axis of [option.xAxis, option.yAxis]) if (axis?.type === 'value') axis.axisLabel.formatter = write.short;
  for (const one of option.series) {
    if (one.type === 'heatmap') one.label.formatter = ({ value }) => (value[2] === null ? '' : write.full(value[2]));
    if (one.type === 'tree') one.label.formatter = ({ name, value }) => (value === null || value === undefined ? name : `${name} ${write.full(value)}`);
  }
  const box = figure.querySelector('[data-box]');
  let chart = drawn.get(figure);
  if (!chart) {
    box.textContent = '';
    chart = echarts.init(box, null, { locale: language });
    chart.on('click', ({ data }) => { if (data?.url) window.location.assign(data.url); });
    drawn.set(figure, chart);
    new ResizeObserver(() => chart.resize()).observe(box);
    box.setAttribute('role', 'img');
  }
  chart.setOption(option, true);
  figure.dataset.drawn = '';
}

async function show(figure) {
  try {
    ready = await load(figure.dataset.library);
    draw(figure, ready);
  } catch {
    figure.classList.add('ch-off');
    figure.querySelector('details').open = true;
  }
}

const again = () => drawn.forEach((_, figure) => draw(figure, ready));

const near = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
  near.unobserve(target);
  show(target);
}), { rootMargin: '200px' });
figures.forEach((figure) => near.observe(figure));

new MutationObserver(again).observe(root, { attributes: true, attributeFilter: ['data-theme'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);

// paper: light colours, nothing moves, each table open under its chart
const dark = document.getElementById('dark');
let closed = [];
let theme = '';
addEventListener('beforeprint', () => {
  closed = figures.map((figure) => figure.querySelector('details')).filter((details) => !details.open);
  closed.forEach((details) => { details.open = true; });
  theme = dark.media;
  dark.media = 'not all';
  drawn.forEach((chart, figure) => { draw(figure, ready); chart.resize(); });
});
addEventListener('afterprint', () => {
  closed.forEach((details) => { details.open = false; });
  dark.media = theme;
  again();
});
