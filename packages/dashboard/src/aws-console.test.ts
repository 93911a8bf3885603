import { describe, expect, it } from 'vitest';
import { noConsole, objectPage, transformJobPage } from './aws-console.ts';

const on = (region: string) => ({ region, bucket: 'penumbra-data' });

describe('a link to the AWS console', () => {
  it('leads to the transform job, in its region', () => {
    expect(transformJobPage(on('eu-central-1'), 'penumbra-orders-2001-02-03-1')).toBe(
      'https://eu-central-1.console.aws.amazon.com/sagemaker/home?region=eu-central-1#/transform-jobs/penumbra-orders-2001-02-03-1',
    );
  });

  it('leads to the object, its key encoded', () => {
    const page = objectPage(on('us-east-1'), 'orders/records/date=2001-02-03/a b&c=d#e+ü.csv') ?? '';
    expect(page).toBe(
      'https://us-east-1.console.aws.amazon.com/s3/object/penumbra-data?region=us-east-1&prefix=orders%2Frecords%2Fdate%3D2001-02-03%2Fa%20b%26c%3Dd%23e%2B%C3%BC.csv',
    );
    expect(new URL(page).searchParams.get('prefix')).toBe('orders/records/date=2001-02-03/a b&c=d#e+ü.csv');
  });

  it('leads to a folder where there is no object', () => {
    expect(objectPage(on('us-east-1'), 'orders/transform-input/date=2001-02-03/')).toBe(
      'https://us-east-1.console.aws.amazon.com/s3/buckets/penumbra-data?region=us-east-1&prefix=orders%2Ftransform-input%2Fdate%3D2001-02-03%2F',
    );
  });

  it.each(['eu-central-1', 'ap-southeast-5', 'il-central-1', 'mx-central-1'])('is there for %s', (region) => {
    expect(noConsole(on(region))).toBeUndefined();
    expect(objectPage(on(region), 'a')).toContain(`https://${region}.console.aws.amazon.com/`);
  });

  it.each([
    'cn-north-1',
    'us-gov-west-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'eusc-de-east-1',
    'evil.example/x',
  ])('is not there for %s, which another partition has, and says so', (region) => {
    expect(transformJobPage(on(region), 'job')).toBeUndefined();
    expect(objectPage(on(region), 'a')).toBeUndefined();
    expect(noConsole(on(region))).toContain('not in the partition aws');
  });

  it('is not there for a trial, and says so', () => {
    expect(noConsole(undefined)).toContain('a trial keeps its jobs and files on its own machine');
  });
});
