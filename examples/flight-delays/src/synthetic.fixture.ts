import { literal, withDatabase } from './database.ts';

/**
 * Writes a small parquet file in the form of the real one: three airports, five flights a day on one route and
 * one on another, from 2001-01-01 to 2001-02-20. `edit` is SQL that changes it, on the table `f`.
 */
export async function writeSynthetic(path: string, edit = ''): Promise<void> {
  await withDatabase(async (database) => {
    // Delays by a hash and not by chance, so that two files differ by the edit only.
    await database.run(`
      CREATE TABLE f AS
      SELECT d + INTERVAL (420 + 150 * k) MINUTE + INTERVAL (greatest(delay, 0)) MINUTE AS date, delay, distance, origin, destination
      FROM (
        SELECT d::TIMESTAMP AS d, k, distance, origin, destination,
          (md5_number_lower(d::VARCHAR || k || origin) % 60)::BIGINT - 30 AS delay
        FROM (SELECT unnest(generate_series(DATE '2001-01-01', DATE '2001-02-20', INTERVAL 1 DAY)) AS d),
          (VALUES (0, 606, 'ATL', 'ORD'), (1, 606, 'ATL', 'ORD'), (2, 606, 'ATL', 'ORD'), (3, 606, 'ATL', 'ORD'),
            (4, 606, 'ATL', 'ORD'), (2, 1744, 'ORD', 'LAX')) AS routes(k, distance, origin, destination)
      )
      ORDER BY date`);
    if (edit !== '') await database.run(edit);
    await database.run(`COPY (SELECT * FROM f ORDER BY date, origin) TO ${literal(path)} (FORMAT parquet)`);
  });
}
