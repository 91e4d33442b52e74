// Reading a QR out of pixels: the browser's own BarcodeDetector where it has one, else the packaged decoder.

const LARGEST = 1600;
const PACKAGED = "../vendor/qr/decode.js";

async function native() {
  if (!("BarcodeDetector" in globalThis)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (source) => (await detector.detect(source)).map((one) => one.rawValue);
}

async function packaged() {
  // The page names the decoder, with the digest that the browser demands of it, where the assets were built.
  if (!document.querySelector("link[rel=modulepreload][integrity]")) return null;
  const module = await import(PACKAGED).catch(() => null);
  if (!module) return null;
  return async (source) => {
    try {
      return [module.decodeQR(pixels(source))];
    } catch {
      return [];
    }
  };
}

function pixels(source) {
  const [wide, high] = [source.videoWidth || source.width, source.videoHeight || source.height];
  const scale = Math.min(1, LARGEST / Math.max(wide, high));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(wide * scale), Math.round(high * scale)];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  // Transparent parts of a picture are paper, not ink.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

let found;

/** A function from an image, bitmap or video to the texts of the codes in it; null where nothing can read one. */
export function findDecoder() {
  found ??= native().then((own) => own ?? packaged());
  return found;
}

/** The texts of the codes in a picture or drawing (a Blob); null where it is none. SVG is drawn large, as paper is. */
export async function readPicture(blob, decode) {
  if (blob.type !== "image/svg+xml") {
    const bitmap = await createImageBitmap(blob).catch(() => null);
    return bitmap && decode(bitmap);
  }
  const image = new Image();
  const address = URL.createObjectURL(blob);
  try {
    image.src = address;
    await image.decode();
    const [wide, high] = [image.naturalWidth || 1, image.naturalHeight || 1];
    const canvas = document.createElement("canvas");
    const scale = LARGEST / Math.max(wide, high);
    [canvas.width, canvas.height] = [Math.round(wide * scale), Math.round(high * scale)];
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await decode(canvas);
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}
