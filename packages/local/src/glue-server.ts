import type { Server } from 'node:http';
import type { GlueCatalog } from './glue-catalog.ts';
import { createJsonService } from './json-service.ts';

/** Glue's API over HTTP, as far as external tables need it. */
export const createGlueServer = (catalog: GlueCatalog): Server =>
  createJsonService('AWSGlue', {
    CreateTable: catalog.createTable,
    GetTable: catalog.getTable,
    DeleteTable: catalog.deleteTable,
  });
