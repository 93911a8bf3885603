import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that start processes come first: one of them, left to the end, would keep a single core busy. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      if (moduleId.includes('/test/chaos/')) return 0;
      return moduleId.includes('/packages/') || moduleId.includes('/examples/') ? 2 : 1;
    };
    return [...files].sort((a, b) => rank(a) - rank(b));
  }
}

/** Tests that start no process and leave nothing behind in theirs: they share it, and what they import. */
const UNITS = 'packages/{cli,client,core,evaluator,functions,program,report}/src/**/*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than processors: the longest files mostly wait for processes and queues.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // The SDK remarks on Node 20 with every worker otherwise.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      { extends: true, test: { name: 'units', include: [UNITS], isolate: false } },
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [UNITS],
        },
      },
    ],
  },
});
