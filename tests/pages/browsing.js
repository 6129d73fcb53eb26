// What is looked at on a page. Each function gives what is wrong with it as a list of sentences: an empty one is a page
// that is right.
const EDGE = 1.5; // pixels by which rounding may be off

const said = (element) => {
  const text = (element.textContent || element.getAttribute("aria-label") || "").trim().replace(/\s+/g, " ");
  return `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") || ""}"> ${text.slice(0, 60)}`;
};
const style = (element) => getComputedStyle(element);
const ancestors = function* (element) {
  for (let each = element; each; each = each.parentElement) yield each;
};
const hidden = (element) => !element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
// what is read aloud and not shown: the link past the head, the heads of tables that stand row by row
const aside = (element) =>
  [...ancestors(element)].some((each) => style(each).clipPath === "inset(50%)" || (each.className === "skip" && each !== document.activeElement));

const texts = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !["STYLE", "SCRIPT", "title", "desc"].includes(element.tagName)
      && !hidden(element) && !aside(element)) found.push([walker.currentNode, element]);
  }
  return found;
};
const rects = (node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return [...range.getClientRects()].filter((each) => each.width > 0);
};

function sideways() {
  const root = document.scrollingElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > root.clientWidth + EDGE);
  return [`${root.scrollWidth} pixels on ${root.clientWidth}: ${wide.slice(0, 5).map(said).join("; ")}`];
}

function clipped() {
  const found = [], width = document.scrollingElement.clientWidth;
  for (const [node, element] of texts()) {
    const scrolls = [...ancestors(element)].find((each) => ["auto", "scroll"].includes(style(each).overflowX));
    if (scrolls && scrolls.scrollWidth > scrolls.clientWidth && scrolls.tabIndex !== 0) found.push(`no key scrolls ${said(scrolls)}`);
    const cuts = [...ancestors(element)].filter((each) => each !== document.documentElement && /hidden|clip/.test(style(each).overflow)
      && !(each instanceof SVGElement && each.tagName !== "svg"));
    for (const rect of rects(node)) {
      if (!scrolls && (rect.right > width + EDGE || rect.left < -EDGE)) found.push(`beyond the edge: ${said(element)}`);
      for (const each of cuts) {
        const box = each.getBoundingClientRect();
        if (rect.right > box.right + EDGE || rect.left < box.left - EDGE || rect.bottom > box.bottom + EDGE || rect.top < box.top - EDGE) {
          found.push(`cut by ${said(each)}: ${said(element)}`);
        }
      }
    }
  }
  return [...new Set(found)];
}

function covered() {
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const drawn = [...svg.querySelectorAll("text")].filter((each) => !hidden(each) && each.textContent.trim());
    const boxes = drawn.map((each) => each.getBoundingClientRect());
    boxes.forEach((one, n) => boxes.slice(n + 1).forEach((other, m) => {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 2 && down > 4) found.push(`one over the other: ${drawn[n].textContent} | ${drawn[n + 1 + m].textContent}`);
    }));
    boxes.forEach((one, n) => { if (one.height < 9 && /\w/.test(drawn[n].textContent)) found.push(`too small to read: ${drawn[n].textContent} (${one.height})`); });
  }
  return found;
}

// sRGB, with what is behind showing through
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const colours = new Map();
const colour = (text) => {
  if (!colours.has(text)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    colours.set(text, [red, green, blue, alpha / 255]);
  }
  return colours.get(text);
};
const over = (front, back) => {
  const at = front[3];
  return [0, 1, 2].map((n) => front[n] * at + back[n] * (1 - at)).concat(1);
};
const light = ([red, green, blue]) => {
  const [r, g, b] = [red, green, blue].map((each) => (each /= 255) <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
// the ground below an element: the backgrounds of all that it is in, from the page up
const ground = (element) => {
  let found = style(document.documentElement).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches
    && !matchMedia("print").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  for (const each of [...ancestors(element)].reverse()) found = over(colour(style(each).backgroundColor), found);
  return found;
};
const SHAPES = "rect, circle, ellipse, path, line, polyline, polygon";
const paint = (shape, what) => {
  const text = style(shape)[what];
  if (text === "none" || text.startsWith("url")) return null;
  const [red, green, blue, alpha] = colour(text);
  const through = alpha * style(shape)[`${what}-opacity`] * [...ancestors(shape)].reduce((all, each) => all * style(each).opacity, 1);
  return [red, green, blue, through];
};
// what is painted in a drawing below something: the boxes before it that are around its middle
const below = (element, shapes) => {
  let found = ground(element.ownerSVGElement.parentElement);
  const box = element.getBoundingClientRect(), x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
  for (const [shape, around, fill] of shapes) {
    if (!(shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
    if (fill && shape.tagName === "rect" && around.left <= x && x <= around.right && around.top <= y && y <= around.bottom) found = over(fill, found);
  }
  return found;
};

function faint() {
  const found = [];
  const drawings = new Map([...document.querySelectorAll("svg")].map((svg) => [svg, [...svg.querySelectorAll(SHAPES)]
    .map((each) => [each, each.getBoundingClientRect(), paint(each, "fill")])]));
  for (const [, element] of texts()) {
    const drawn = element.ownerSVGElement, set = style(element);
    const back = drawn ? below(element, drawings.get(drawn)) : ground(element);
    const front = over(drawn ? paint(element, "fill") : colour(set.color), back);
    const size = parseFloat(set.fontSize), large = size >= 24 || (size >= 18.66 && set.fontWeight >= 700);
    const least = large || element.getAttribute("aria-hidden") === "true" ? 3 : 4.5;
    const is = contrast(front, back);
    if (is < least) found.push(`${is.toFixed(2)} of ${least}: ${said(element)} in ${front.map(Math.round)} on ${back.map(Math.round)}`);
  }
  for (const [svg, shapes] of drawings) {
    if (hidden(svg)) continue;
    for (const [shape] of shapes) {
      if (shape.closest("defs") || hidden(shape) || /var\(--(line|paper)\)/.test(shape.getAttribute("stroke"))) continue;
      const back = below(shape, shapes);
      const seen = ["fill", "stroke"].map((what) => paint(shape, what)).filter(Boolean).map((each) => contrast(over(each, back), back));
      if (seen.length && Math.max(...seen) < 3) found.push(`${Math.max(...seen).toFixed(2)} of 3: ${shape.outerHTML.slice(0, 150)}`);
    }
  }
  return [...new Set(found)];
}

// links and scrolling regions, in the order in which they stand
const stops = () => [...document.querySelectorAll("a[href], [tabindex='0']")].filter((each) => !hidden(each));

function listen() {
  window.stopped = [];
  document.addEventListener("focusin", ({ target }) => {
    const set = style(target), box = target.getBoundingClientRect();
    window.stopped.push({
      at: stops().indexOf(target),
      ring: set.outlineStyle !== "none" && parseFloat(set.outlineWidth) >= 2
        && contrast(over(colour(set.outlineColor), ground(target)), ground(target)) >= 3,
      seen: box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
      top: Math.round(box.top + scrollY),
      what: said(target),
    });
  });
  return stops().length;
}
