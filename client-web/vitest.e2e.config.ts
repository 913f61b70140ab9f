// SPDX-License-Identifier: ISC
// The browser tests: two files at a time, each with a browser of its own. Most of what they do is to wait.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    maxWorkers: 2,
    minWorkers: 2,
    // As long as the waits of e2e/page.ts.
    expect: { poll: { timeout: 40_000 } },
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
