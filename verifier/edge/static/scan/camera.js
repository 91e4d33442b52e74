// The camera: frames go to the decoder and nowhere else, until a mark's code is read or the camera is stopped.

const BETWEEN = 150;

/** Read codes from the camera into ``onText`` until ``stop`` is called or ``onText`` returns true. */
export async function startCamera(video, decode, onText) {
  const wanted = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  let isOn = true;
  const stop = () => {
    isOn = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    if (!isOn) return;
    const texts = video.videoWidth ? await decode(video) : [];
    if (isOn && texts.length && (await onText(texts))) stop();
    else if (isOn) setTimeout(look, BETWEEN);
  };
  look();
  return stop;
}
