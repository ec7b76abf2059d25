// The paper, page by page, on canvases; text for those who cannot see them. Pages are drawn when they come into view.

import { GlobalWorkerOptions, getDocument } from "/static/pdfjs/pdf.min.mjs";

GlobalWorkerOptions.workerSrc = "/static/pdfjs/pdf.worker.min.mjs";

const place = document.getElementById("pages");
const wait = document.getElementById("pages-wait");
const instead = document.getElementById("pages-instead");

async function draw(canvas, pdf, number) {
  const page = await pdf.getPage(number);
  const wide = page.getViewport({ scale: 1 }).width;
  // On a phone the page is small and is looked at with two fingers: it is drawn larger than it is shown.
  const pixels = Math.max(canvas.clientWidth * Math.min(window.devicePixelRatio || 1, 2), 1200);
  const viewport = page.getViewport({ scale: pixels / wide });
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  await page.render({ canvasContext: canvas.getContext("2d"), viewport }).promise;
  canvas.dataset.drawn = "yes";
}

async function words(pdf, number) {
  const content = await (await pdf.getPage(number)).getTextContent();
  return content.items.map((item) => item.str + (item.hasEOL ? "\n" : "")).join("");
}

async function lay(pdf, number) {
  const figure = document.createElement("figure");
  const canvas = document.createElement("canvas");
  const caption = document.createElement("figcaption");
  caption.textContent = place.dataset.page.replace("{page}", number).replace("{pages}", pdf.numPages);
  canvas.setAttribute("aria-hidden", "true"); // its words follow, for those who listen
  const spoken = document.createElement("div");
  spoken.className = "visually-hidden";
  spoken.textContent = await words(pdf, number);
  const { width, height } = (await pdf.getPage(number)).getViewport({ scale: 1 });
  canvas.width = width;
  canvas.height = height;
  figure.append(canvas, caption, spoken);
  place.append(figure);
  return canvas;
}

async function show() {
  place.hidden = wait.hidden = false;
  instead.hidden = true;
  const pdf = await getDocument({
    url: place.dataset.paper,
    isEvalSupported: false,
    enableXfa: false,
    standardFontDataUrl: "/static/pdfjs/standard_fonts/",
  }).promise;
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        draw(target, pdf, Number(target.dataset.number));
      }
    },
    { root: null, rootMargin: "600px" },
  );
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const canvas = await lay(pdf, number);
    canvas.dataset.number = number;
    near.observe(canvas);
  }
  wait.hidden = true;
  place.dataset.ready = "yes";
}

show().catch(() => {
  place.hidden = true;
  instead.hidden = false; // the link to the PDF stays
});
