// SPDX-License-Identifier: ISC
// The status line, above the palette.

import { statusLine } from '../app/statusline';
import { t } from '../texts';
import { CLOSE, Icon } from './icons';

export function StatusLine() {
  const { words, offer, rank } = statusLine.value;
  return (
    <div id="hint" class="surface" hidden={words === ''} data-rank={rank ?? undefined}>
      <span id="hint-text" role="status">
        {words}
      </span>
      <button id="hint-action" type="button" hidden={!offer} disabled={!offer?.ready} onClick={() => offer?.accept()}>
        {offer?.action}
      </button>
      <button
        id="hint-dismiss"
        type="button"
        aria-label={t().page.dismiss}
        title={t().page.dismiss}
        hidden={!offer}
        onClick={() => offer?.dismiss()}
      >
        <Icon d={CLOSE} />
      </button>
    </div>
  );
}
