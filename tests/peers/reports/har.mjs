// Validates a HAR file against the schema of HAR 1.2: node har.mjs FILE
import { readFileSync } from 'node:fs';
import { har } from 'har-validator';

try {
  const { log } = await har(JSON.parse(readFileSync(process.argv[2], 'utf8')));
  console.log(`${log.entries.length} entries`);
} catch (error) {
  console.error(JSON.stringify(error.errors ?? error, null, 1));
  process.exit(1);
}
