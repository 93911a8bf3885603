import type { Place } from './grants.ts';
import { databaseOf, workgroupOf } from './names.ts';

type Text = $util.Output<string>;

export interface Places {
  readonly table: Text;
  readonly bucket: Text;
  readonly results: Text;
  /** ARNs by the queue's name. */
  readonly queues: Readonly<Record<string, Text>>;
  readonly bus: Text;
  readonly jobNamePrefix: string;
  readonly transformRole?: Text;
}

const { partition } = aws.getPartitionOutput();
const { region } = aws.getRegionOutput();
const { accountId } = aws.getCallerIdentityOutput();

/** The ARN of what has a name of ours, before it is there. */
export const arn = (service: string, rest: string): Text =>
  $interpolate`arn:${partition}:${service}:${region}:${accountId}:${rest}`;

/** The ARN that a statement needs for a place. */
export function arnOf(places: Places): (place: Place) => Text {
  return (place) => {
    const [kind, name = ''] = [place.split(':')[0], place.slice(place.indexOf(':') + 1)];
    switch (kind) {
      case 'table':
        return places.table;
      case 'bucket':
        return places.bucket;
      case 'objects':
        return $interpolate`${places.bucket}/${name}`;
      case 'results':
        return places.results;
      case 'result-objects':
        return $interpolate`${places.results}/*`;
      case 'workgroup':
        return arn('athena', `workgroup/${workgroupOf(places.jobNamePrefix)}`);
      case 'catalog':
        return arn('glue', 'catalog');
      case 'tables-database':
        return arn('glue', `database/${databaseOf(places.jobNamePrefix)}`);
      case 'tables':
        return arn('glue', `table/${databaseOf(places.jobNamePrefix)}/*`);
      case 'queue':
        return known(places.queues[name], place);
      case 'bus':
        return places.bus;
      case 'transform-jobs':
        // SageMaker writes ARNs in lower case; so are the prefix and the names of deployments.
        return arn('sagemaker', `transform-job/${places.jobNamePrefix}-*`);
      case 'models':
        return arn('sagemaker', 'model/*');
      case 'own-models':
        return arn('sagemaker', `model/${places.jobNamePrefix}-*`);
      case 'transform-role':
        return known(places.transformRole, place);
      default:
        throw new Error(`nobody knows where ${place} is`);
    }
  };
}

function known(text: Text | undefined, place: string): Text {
  if (text === undefined) throw new Error(`nobody knows where ${place} is`);
  return text;
}
