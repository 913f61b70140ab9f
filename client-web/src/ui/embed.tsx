// SPDX-License-Identifier: ISC
// What there is beside the picture where it is shown in another page: the way to the whole one.

import { wholePage } from '../app/embed';
import { middleCell } from '../app/canvas';
import * as state from '../app/state';
import { formatLink, parseMoment } from '../core/link';
import { templatePart } from '../core/template/part';
import { t } from '../texts';
import { Icon, OUT } from './icons';

export function EmbedLink() {
  // Leads to what is to be seen now.
  const { k } = state.view.value;
  const { hash } = location;
  const place = () => formatLink({ ...middleCell(), scale: k }, parseMoment(hash)) + templatePart(hash);
  const href = wholePage(state.info.value ? place() : hash);
  return (
    <a id="embed-link" class="surface" href={href} target="_blank" rel="noopener">
      <span>{t().embed.open}</span>
      <Icon d={OUT} />
    </a>
  );
}
