/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const production = input.stage === 'production';
    return {
      name: 'penumbra',
      version: '4.17.1',
      home: 'aws',
      removal: production ? 'retain' : 'remove',
      protect: production,
    };
  },
  async run() {
    const { penumbra } = await import('./infra/penumbra.ts');
    return penumbra();
  },
});
