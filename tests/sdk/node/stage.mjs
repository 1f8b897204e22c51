// What every test starts from: one gateway per file, and per test a client whose requests are counted.
import { after, afterEach, before, beforeEach } from 'node:test';
import OpenAI from 'openai';
import { startCountingProxy } from './counting.mjs';
import { startGateway } from './running.mjs';

export const QUESTION = [{ role: 'user', content: 'Why does the sea not stop at the wall?' }];

/** Starts and ends what the tests of a file need; `stage.gateway` and `stage.proxy` are there within a test. */
export function setStage() {
  const stage = {
    /** The SDK as it comes: its own number of retries, its own time-outs. */
    client: (tenant) => new OpenAI({ apiKey: tenant.secret, baseURL: stage.proxy.baseURL }),
  };
  before(async () => {
    stage.gateway = await startGateway();
  });
  after(() => stage.gateway?.stop());
  beforeEach(async () => {
    stage.proxy = await startCountingProxy(stage.gateway.address);
  });
  afterEach(() => stage.proxy?.stop());
  return stage;
}
