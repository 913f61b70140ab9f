// SPDX-License-Identifier: ISC
// A film of what the window shows while the past is played: frames are copied to a canvas of its own, with
// the moment in a corner, and the browser makes a WebM file of them.

export interface FilmEvents {
  /** So many bytes and milliseconds there are by now. */
  progress(bytes: number, ms: number): void;
  /** The file, or why there is none. */
  ended(file: Blob | null, why: unknown): void;
}

/** The longer side of the film, at most. */
const SIDE_MAX = 1_280;
const FRAMES_A_SECOND = 30;
const CHUNK_MS = 500;
/** How long the last picture stands. */
const LAST_MS = 1_000;
const BITS_A_SECOND = 8_000_000;
const CAPTION_PX = 16;
const TYPES = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'];

/** The kind of file that this browser can make; null: none. */
function typeOfFilm(): string | null {
  if (typeof MediaRecorder === 'undefined' || !('captureStream' in HTMLCanvasElement.prototype)) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

export const canFilm = (): boolean => typeOfFilm() !== null;

export class Film {
  private readonly canvas = document.createElement('canvas');
  private readonly g = this.canvas.getContext('2d', { alpha: false })!;
  private readonly recorder: MediaRecorder;
  private readonly chunks: Blob[] = [];
  private bytes = 0;
  private ms = 0;
  private since = 0;
  private frame = 0;
  private ending = false;

  /** `screen` is copied; `caption` says the moment. Throws where the browser can not. */
  constructor(
    private readonly screen: HTMLCanvasElement,
    private readonly caption: () => string,
    private readonly events: FilmEvents,
  ) {
    const type = typeOfFilm();
    if (!type) throw new Error('no MediaRecorder for WebM');
    const scale = Math.min(1, SIDE_MAX / Math.max(screen.width, screen.height));
    // Encoders want even sides.
    this.canvas.width = 2 * Math.max(1, Math.round((screen.width * scale) / 2));
    this.canvas.height = 2 * Math.max(1, Math.round((screen.height * scale) / 2));
    const stream = this.canvas.captureStream(FRAMES_A_SECOND);
    this.recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS_A_SECOND });
    this.recorder.addEventListener('dataavailable', ({ data }) => this.take(data));
    this.recorder.addEventListener('error', (event) => this.end(event));
    this.recorder.addEventListener('stop', () => this.end(null));
    this.copy();
    this.recorder.start(CHUNK_MS);
    this.resume();
  }

  /** Nothing moves just now: no frames of that. */
  pause(): void {
    if (this.recorder.state !== 'recording' || this.ending) return;
    this.recorder.pause();
    this.ms += performance.now() - this.since;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  resume(): void {
    if (this.recorder.state === 'inactive') return;
    if (this.recorder.state === 'recording' && this.frame !== 0) return;
    if (this.recorder.state === 'paused') this.recorder.resume();
    this.since = performance.now();
    const next = () => {
      this.copy();
      this.frame = requestAnimationFrame(next);
    };
    this.frame = requestAnimationFrame(next);
  }

  /** Ends it, with the last picture for a moment or at once; the file comes by ended(). */
  stop(atOnce: boolean): void {
    const end = () => {
      if (this.recorder.state !== 'inactive') this.recorder.stop();
    };
    if (atOnce) return end();
    if (this.ending) return;
    this.ending = true;
    this.resume();
    setTimeout(end, LAST_MS);
  }

  private get length(): number {
    return this.ms + (this.recorder.state === 'recording' ? performance.now() - this.since : 0);
  }

  private take(data: Blob): void {
    if (data.size > 0) this.chunks.push(data);
    this.bytes += data.size;
    this.events.progress(this.bytes, this.length);
  }

  private end(why: unknown): void {
    cancelAnimationFrame(this.frame);
    for (const track of this.recorder.stream.getTracks()) track.stop();
    const file = why === null && this.bytes > 0 ? new Blob(this.chunks, { type: 'video/webm' }) : null;
    this.chunks.length = 0;
    this.events.ended(file, why);
  }

  private copy(): void {
    const { g, canvas, screen } = this;
    // Around the canvas, the page's own backdrop.
    g.fillStyle = getComputedStyle(document.body).backgroundColor;
    g.fillRect(0, 0, canvas.width, canvas.height);
    g.imageSmoothingEnabled = canvas.width < screen.width;
    g.drawImage(screen, 0, 0, canvas.width, canvas.height);
    const words = this.caption();
    if (!words) return;
    g.font = `600 ${CAPTION_PX}px system-ui, sans-serif`;
    g.textBaseline = 'bottom';
    const wide = g.measureText(words).width;
    g.fillStyle = 'rgb(0 0 0 / 0.65)';
    g.fillRect(0, canvas.height - CAPTION_PX - 12, wide + 20, CAPTION_PX + 12);
    g.fillStyle = '#ffffff';
    g.fillText(words, 10, canvas.height - 5);
  }
}
