// SPDX-License-Identifier: ISC
// The loupe, loaded where there are fingers.

import { stage } from '../app/canvas';
import { plane } from '../app/live';
import { LoupeLayer } from '../layers/loupe';

stage.set('loupe', new LoupeLayer(plane, () => stage.layersOf('pending', 'template', 'reticle')));
