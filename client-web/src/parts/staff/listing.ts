// SPDX-License-Identifier: ISC
// What all lists of the console do alike: load their records, say when, and lead to an area.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Rect } from '../../core/edit';
import type { Fields } from '../../net/control';
import { locale } from '../../texts';
import { agoWords } from '../../texts/time';
import type { Desk } from './desk';
import { number, rowsOf } from './records';

export interface ListProps {
  readonly desk: Desk;
  /** Shows this part of the plane. */
  goTo(area: Rect): void;
}

const REFRESH_MS = 15_000;

/** The records of a path: at first, after every change, and now and then while somebody looks. */
export function useRecords(desk: Desk, path: string): readonly Fields[] | null {
  const rows = useSignal<readonly Fields[] | null>(null);
  const changes = desk.changes.value;
  useEffect(() => {
    let here = true;
    const load = async () => {
      const answer = await desk.control.get(path);
      if (here) rows.value = rowsOf(answer, path);
    };
    void desk.attempt(load);
    const timer = setInterval(() => {
      // A failure now and then is no news.
      if (!document.hidden) void load().catch(() => {});
    }, REFRESH_MS);
    return () => {
      here = false;
      clearInterval(timer);
    };
  }, [desk, path, changes]);
  return rows.value;
}

export const ago = (time: unknown): string => (number(time) ? agoWords(number(time), Date.now(), locale()) : '');

export function takeArea(desk: Desk, area: Rect): void {
  desk.choose(area);
  desk.tab.value = 'area';
}
