// SPDX-License-Identifier: ISC
// What of the history cannot be had: told when it lasts. Where something of the log is gone, the server
// may have begun another one.

import { fetchInfo } from '../../net/fetches';
import { HistoryError } from '../../net/history';
import { t } from '../../texts';

/** Trouble that is over so soon is not told. */
const PATIENCE_MS = 1_000;

export interface TroubleHost {
  readonly base: URL;
  /** The log that is shown; null: none any more. */
  genesis(): string | null;
  /** The words are others than before. */
  changed(): void;
  /** There is no past to be shown any more, for this reason. */
  over(words: string): void;
}

export class Trouble {
  /** What is to be told; '' for nothing. */
  words = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: TroubleHost) {}

  /** Something was not there when it was needed; null: everything is there. */
  met(error: unknown): void {
    if (error === null) {
      this.forget();
      return this.host.changed();
    }
    console.warn('placed: no history:', error);
    this.look(error);
    const tell = () => {
      this.words = wordsOf(error);
      this.host.changed();
    };
    if (this.words) return tell();
    this.timer ??= setTimeout(tell, PATIENCE_MS);
  }

  forget(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.words = '';
  }

  /** Asks the server whether it still keeps this log, where the error may mean that it does not. */
  look(error: unknown): void {
    const genesis = this.host.genesis();
    if (!(error instanceof HistoryError) || error.trouble !== 'gone' || genesis === null) return;
    fetchInfo(this.host.base, 'server').then(
      (info) => {
        if (this.host.genesis() !== genesis) return;
        if (info.genesis !== genesis) this.host.over(t().past.begunAnew);
        else if (!info.history) this.host.over(t().past.noHistoryNow);
      },
      () => {},
    );
  }
}

function wordsOf(error: unknown): string {
  const { past } = t();
  const trouble = error instanceof HistoryError ? error.trouble : 'busy';
  if (trouble === 'busy') return past.busy;
  return trouble === 'broken' ? past.broken : past.gone;
}
