// A short, soft tone. Made here: there is no file to load.
const HERTZ = 660;
const SECONDS = 0.14;
const LOUDNESS = 0.05;

let audio: AudioContext | null = null;

export function ringBell(): void {
  try {
    audio ??= new AudioContext();
    const tone = new OscillatorNode(audio, { frequency: HERTZ });
    const volume = new GainNode(audio, { gain: LOUDNESS });
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + SECONDS);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + SECONDS);
  } catch {
    // No sound here.
  }
}
