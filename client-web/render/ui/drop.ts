// SPDX-License-Identifier: ISC
// Taking in images: dropped anywhere, pasted or chosen; looked at before they are sent, one at a time.

import type { Facts } from '../core/facts';
import { HEADER_BYTES, readImageHeader } from '../../src/core/imageheader';
import * as words from '../core/words';
import { upload } from '../net/images';
import { element } from './page';

type Limits = NonNullable<Facts['images']>;

/** Why it need not be sent, or the type that it has. */
async function check(file: Blob, { maxBytes, maxPixels }: Limits): Promise<{ refusal: string } | { type: string }> {
  if (file.size > maxBytes) return { refusal: words.tooLarge(file.size, maxBytes) };
  // What is a file to the browser may be a folder, or gone.
  const bytes = await file
    .slice(0, HEADER_BYTES)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0));
  const header = readImageHeader(new Uint8Array(bytes));
  if (!header) return { refusal: words.WRONG_TYPE };
  const pixels = header.size ? header.size.width * header.size.height : 0;
  return pixels > maxPixels ? { refusal: words.tooMany(pixels, maxPixels) } : { type: header.type };
}

export class Drop {
  private readonly root = element('drop');
  private readonly progress = element<HTMLProgressElement>('progress');
  private readonly waiting: File[] = [];
  private busy = false;
  /** How many of what is dragged over are deeper than the page. */
  private depth = 0;

  /** `taken`: the server has it. */
  constructor(
    private readonly limits: Limits,
    private readonly taken: (id: string, title: string) => void,
  ) {
    const input = element<HTMLInputElement>('file');
    element('limits').textContent = words.limitsWords(limits.maxBytes, limits.maxPixels);
    input.accept = 'image/jpeg,image/png,image/webp';
    input.addEventListener('change', () => {
      this.add(input.files);
      input.value = '';
    });
    document.addEventListener('paste', ({ clipboardData }) => this.add(clipboardData?.files));
    document.addEventListener('dragenter', (event) => this.over(event, 1));
    document.addEventListener('dragleave', (event) => this.over(event, -1));
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      this.depth = 0;
      delete this.root.dataset.over;
      this.add(event.dataTransfer?.files);
    });
    this.root.dataset.ready = 'true';
  }

  private over(event: DragEvent, by: 1 | -1): void {
    event.preventDefault();
    this.depth += by;
    if (this.depth > 0) this.root.dataset.over = 'true';
    else delete this.root.dataset.over;
  }

  private add(files: FileList | null | undefined): void {
    this.waiting.push(...(files ?? []));
    if (!this.busy) void this.work();
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let file = this.waiting.shift(); file; file = this.waiting.shift()) await this.send(file);
    this.busy = false;
  }

  private async send(file: File): Promise<void> {
    const checked = await check(file, this.limits);
    if ('refusal' in checked) return this.say(checked.refusal);
    this.progress.hidden = false;
    this.progress.value = 0;
    this.say(words.uploading(0));
    // By its bytes: its name may say something else.
    const body = file.slice(0, file.size, checked.type);
    const { status, id, why } = await upload(body, (share) => {
      this.progress.value = share;
      this.say(share < 1 ? words.uploading(share) : words.RECEIVED);
    });
    this.progress.hidden = true;
    if ((status === 200 || status === 201) && id) {
      this.say(status === 201 ? words.NEW : words.KNOWN);
      this.taken(id, file.name.replace(/\.[^.]*$/, ''));
    } else if (status === 0) this.say(words.UPLOAD_LOST);
    else if (status === 503) this.say(words.UPLOAD_FULL);
    else this.say(words.uploadRefused(status, why));
  }

  private say(text: string): void {
    const line = element('upload-says');
    if (line.textContent !== text) line.textContent = text;
  }
}
