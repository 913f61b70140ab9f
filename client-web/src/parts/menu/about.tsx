// SPDX-License-Identifier: ISC
// What this is: its version, its licence, and where its source is.

import { info } from '../../app/state';
import { t } from '../../texts';
import { Icon, OUT } from '../../ui/icons';
import { Sheet } from '../../ui/sheet';

function Out({ href, words }: { readonly href: string; readonly words: string }) {
  return (
    <a class="entry" href={href} target="_blank" rel="noopener">
      <Icon d={OUT} />
      <span>{words}</span>
    </a>
  );
}

export function About({ closed }: { closed(): void }) {
  const words = t().about;
  const plane = info.value;
  return (
    <Sheet id="about" label={words.title} titled closed={closed}>
      <p>{words.what}</p>
      <p class="quiet">
        {words.version(__VERSION__)}
        {plane && (
          <>
            <br />
            {words.plane(plane.canvases.length, plane.width, plane.height)}
          </>
        )}
        {plane?.genesis && (
          <>
            <br />
            {words.genesis(plane.genesis)}
          </>
        )}
      </p>
      <p>{words.licence}</p>
      <div class="entries">
        <Out href="./licences.txt" words={words.licences} />
        {__SOURCE__ && <Out href={__SOURCE__} words={words.source} />}
      </div>
    </Sheet>
  );
}
