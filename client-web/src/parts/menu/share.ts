// SPDX-License-Identifier: ISC
// Sharing what one sees.

import { copyLink, linkHere } from '../../app/moving';
import { t } from '../../texts';

/** By the system's own dialog, where there is one; else to the clipboard. */
export function share(): void {
  if (!navigator.share) return copyLink();
  navigator.share({ title: t().share.title, url: linkHere() }).catch((error: unknown) => {
    // Somebody thought better of it.
    if (!(error instanceof DOMException && error.name === 'AbortError')) copyLink();
  });
}
