// SPDX-License-Identifier: ISC
// Why a picture is no template, and how far one is painted, in words.

import '../../texts/entemplate';
import type { BadImage } from '../../core/template/image';
import { leftOf, type Counts } from '../../core/template/progress';
import { locale, t } from '../../texts';
import type { Failure } from './fetch';

export const number = (n: number): string => new Intl.NumberFormat(locale()).format(n);

export function imageWords(bad: BadImage): string {
  return t().template.bad[bad];
}

export function failureWords(address: string, { failure, status }: { failure: Failure; status?: number }): string {
  const { failures } = t().template;
  const host = address.startsWith('data:') ? '' : new URL(address).host;
  if (failure === 'bytes') return imageWords('bytes');
  if (failure === 'broken') return imageWords('broken');
  return failure === 'missing' ? failures.missing(host, status ?? 0) : failures[failure](host);
}

/** "412 left", or what else is the case. */
export function leftWords(counts: Counts | null): string {
  if (!counts) return t().template.counting;
  const left = number(leftOf(counts));
  if (counts.unknown > 0) return t().template.leftAtLeast(left);
  return leftOf(counts) > 0 ? t().template.left(left) : t().template.done;
}
