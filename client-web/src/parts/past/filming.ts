// SPDX-License-Identifier: ISC
// Making a film of rewind: begun and ended by a button, told how far it is, and saved as a file.

import { signal } from '@preact/signals';
import { t } from '../../texts';
import { canFilm, Film } from './film';
import type { Filming as Progress } from './timeline';

export interface FilmingHost {
  /** What the window shows of the plane. */
  readonly screen: HTMLCanvasElement;
  /** The moment in words. */
  caption(): string;
  /** What the file is called, without its ending. */
  name(): string;
  say(words: string): void;
}

/** A file that is being saved is kept for so long. */
const FILE_MS = 60_000;

export class Filming {
  readonly progress = signal<Progress | null>(null);
  private film: Film | null = null;

  constructor(private readonly host: FilmingHost) {}

  get active(): boolean {
    return this.film !== null;
  }

  /** Whether it has begun. */
  begin(): boolean {
    const { past } = t();
    const { screen, caption, say } = this.host;
    if (!canFilm()) {
      say(past.cannotFilm);
      return false;
    }
    try {
      this.film = new Film(screen, caption, {
        progress: (bytes, ms) => (this.progress.value = { bytes, ms }),
        ended: (file) => this.save(file),
      });
    } catch (error) {
      console.warn('placed: no film:', error);
      say(past.cannotFilm);
      return false;
    }
    this.progress.value = { bytes: 0, ms: 0 };
    return true;
  }

  pause(): void {
    this.film?.pause();
  }

  resume(): void {
    this.film?.resume();
  }

  /** Ends the film; it is saved. At once where what is shown is no part of it any more. */
  end(atOnce = false): void {
    this.film?.stop(atOnce);
  }

  private save(file: Blob | null): void {
    const { past } = t();
    this.film = null;
    this.progress.value = null;
    if (!file) return this.host.say(past.notFilmed);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${this.host.name()}.webm`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), FILE_MS);
    this.host.say(past.filmed(link.download));
  }
}
