// SPDX-License-Identifier: ISC
// Two short notes, made here. A browser lets a page be heard once somebody has used it.

const NOTES = [659.26, 987.77];
const NOTE_S = 0.13;
const FADE_S = 0.5;
const LOUD = 0.12;

let context: AudioContext | null = null;

/** Whether this browser can be heard at all. */
export const audible = (): boolean => typeof AudioContext === 'function';

export async function chime(): Promise<void> {
  if (!audible()) return;
  context ??= new AudioContext();
  await context.resume().catch(() => {});
  if (context.state !== 'running') return;
  NOTES.forEach((pitch, i) => play(context!, pitch, context!.currentTime + i * NOTE_S));
}

function play(context: AudioContext, pitch: number, at: number): void {
  const tone = new OscillatorNode(context, { type: 'sine', frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUD, at + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.000_1, at + FADE_S);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + FADE_S);
}
