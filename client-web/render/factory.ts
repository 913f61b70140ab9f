// SPDX-License-Identifier: ISC
// The image factory: an image comes in, its variants appear one after the other, by workers that one
// can watch. The link names the image that is shown.

import type { Facts } from './core/facts';
import { Farm, type Image } from './core/farm';
import * as words from './core/words';
import { followEvents } from './net/events';
import { fetchImage } from './net/images';
import { Drop } from './ui/drop';
import { Gallery } from './ui/gallery';
import { ImageView } from './ui/imageview';
import { element, facts } from './ui/page';
import { Pools } from './ui/pools';
import { Say } from './ui/say';

/** A break that is shorter is not worth a word. */
const LOST_MS = 1_000;
const TICK_MS = 10_000;

class Factory {
  private readonly farm = new Farm();
  private readonly view: ImageView;
  private readonly gallery: Gallery;
  private readonly pools: Pools;
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private drawing = false;

  constructor(
    images: NonNullable<Facts['images']>,
    { admin, canvas, server }: Facts,
    private readonly say: Say,
  ) {
    this.view = new ImageView(element('image'), images.ops, canvas, () => this.choose(null));
    this.pools = new Pools(element('workers'), element('pools'), admin ? server : null, say);
    this.gallery = new Gallery(element('gallery'), images.ops, this.farm, (id) => this.choose(id), say);
    new Drop(images, (id, title) => {
      this.view.titles.set(id, title);
      this.choose(id);
    });
    followEvents(this.farm, {
      changed: (_farm, what) => {
        if (what === 'all') void this.again();
        this.draw();
      },
      live: (live) => this.live(live),
    });
    window.addEventListener('popstate', () => this.follow());
    setInterval(() => this.draw(), TICK_MS);
    void this.gallery.load();
    this.follow();
  }

  private choose(id: string | null): void {
    history.pushState(null, '', id ? `#image=${id}` : location.pathname + location.search);
    this.follow();
    if (id) element('image').focus({ preventScroll: true });
    if (id) element('image').scrollIntoView({ block: 'nearest' });
  }

  /** Shows the image that the link names. */
  private follow(): void {
    const id = new URLSearchParams(location.hash.slice(1)).get('image');
    this.view.id = id !== null && /^[0-9a-f]{64}$/.test(id) ? id : null;
    this.draw();
    if (this.view.id) void this.ask(this.view.id);
  }

  private async ask(id: string): Promise<void> {
    const image: Image | null | undefined = await fetchImage(id).catch(() => undefined);
    if (image) this.farm.learn(image);
    else if (image === null && this.view.id === id) this.say.say(words.NO_IMAGE);
    this.draw();
  }

  /** After a break: what happened meanwhile, no event tells. */
  private async again(): Promise<void> {
    await this.gallery.refresh();
    if (this.view.id) await this.ask(this.view.id);
  }

  private live(live: boolean): void {
    element('dot').dataset.state = live ? 'live' : 'catching';
    clearTimeout(this.lostTimer);
    if (live) this.say.hold('');
    else this.lostTimer = setTimeout(() => this.say.hold(words.LOST), LOST_MS);
  }

  /** At most once a frame. */
  private draw(): void {
    if (this.drawing) return;
    this.drawing = true;
    // Not a frame: in a tab that is hidden there are none, and its title goes on.
    setTimeout(() => {
      this.drawing = false;
      this.view.show(this.farm);
      this.gallery.show();
      this.pools.show(this.farm);
    });
  }
}

async function start(): Promise<void> {
  const say = new Say(element('say'), element('say-text'));
  const all = await facts(say);
  if (all.images) new Factory(all.images, all, say);
  else say.hold(words.NO_IMAGES);
}

void start();
