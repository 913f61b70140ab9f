// SPDX-License-Identifier: ISC
// The browser tests: one file at a time, because a browser is enough for two cores.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
