// A signature drawn with a finger, a pen or the mouse: its strokes go into a field as "x,y x,y;x,y x,y".

const WIDTH = 1000;
const HEIGHT = 400;

const place = document.getElementById("draw");
const canvas = document.getElementById("draw-canvas");
const field = document.getElementById("drawing");
const strokes = [];

function repaint() {
  const dense = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * dense;
  canvas.height = canvas.clientHeight * dense;
  const pen = canvas.getContext("2d");
  pen.setTransform(canvas.width / WIDTH, 0, 0, canvas.height / HEIGHT, 0, 0);
  pen.lineWidth = 7;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#14285a";
  for (const stroke of strokes) {
    pen.beginPath();
    stroke.forEach(([x, y], rank) => (rank ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  }
  field.value = strokes.filter((stroke) => stroke.length > 1).map((stroke) => stroke.map((point) => point.join(",")).join(" ")).join(";");
}

function point(event) {
  const box = canvas.getBoundingClientRect();
  const within = (value, most) => Math.min(most, Math.max(0, Math.round(value * most)));
  return [within((event.clientX - box.left) / box.width, WIDTH), within((event.clientY - box.top) / box.height, HEIGHT)];
}

let current = null;

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  current = [point(event)];
  strokes.push(current);
});
canvas.addEventListener("pointermove", (event) => {
  if (!current) return;
  current.push(point(event));
  repaint();
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, () => (current = null));
}
document.getElementById("draw-clear").addEventListener("click", () => {
  strokes.length = 0;
  repaint();
});
place.addEventListener("toggle", repaint);
place.hidden = false;
