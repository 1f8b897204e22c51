// Refusals reach the program as the SDK's own typed errors, after one request, and say who refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { balance, billed, call, makeTenant } from './administration.mjs';
import { QUESTION, setStage } from './stage.mjs';

const stage = setStage();

/** The error of a call; a call that succeeds is a failure. */
async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('the call was served');
}

async function refusedBySeawall(tenant, promise) {
  const before = (await billed(stage.gateway)).calls;
  const error = await errorOf(promise);
  assert.ok(error instanceof OpenAI.RateLimitError, String(error));
  assert.equal(error.type, 'insufficient_quota');
  assert.match(error.message, /insufficient_quota/);
  assert.equal(stage.proxy.requests.length, 1, 'the SDK retried a refusal that is final');
  assert.equal((await billed(stage.gateway)).calls, before, 'a refused call reached the provider');
  assert.match((await balance(stage.gateway, tenant)).spent_usd, /^0\.0+$/);
  return error;
}

const chat = { model: 'gpt-5-mini', messages: QUESTION };

test("a chat past the project's hard limit is refused once and by name", async () => {
  const tenant = await makeTenant(stage.gateway, { hardLimitUsd: '0.000001' });
  const error = await refusedBySeawall(tenant, stage.client(tenant).chat.completions.create(chat));
  assert.equal(error.code, 'project_spend_limit_exceeded');
  assert.equal(error.headers.get('x-should-retry'), 'false');
  assert.equal(error.headers.get('retry-after'), null);
  assert.deepEqual(error.error.details.scope, { kind: 'project', id: tenant.project, name: 'image-bot' });
  assert.equal(error.error.details.refused_by, 'seawall');
});

test('a stream past the hard limit is refused before it begins', async () => {
  const tenant = await makeTenant(stage.gateway, { hardLimitUsd: '0.000001' });
  const error = await refusedBySeawall(
    tenant,
    stage.client(tenant).chat.completions.create({ ...chat, stream: true }),
  );
  assert.equal(error.code, 'project_spend_limit_exceeded');
});

test('an image past the hard limit is refused', async () => {
  const tenant = await makeTenant(stage.gateway, { hardLimitUsd: '0.01' });
  const image = { model: 'gpt-image-1', prompt: 'a wall', size: '1024x1536', quality: 'high' };
  const error = await refusedBySeawall(tenant, stage.client(tenant).images.generate(image));
  assert.equal(error.code, 'project_spend_limit_exceeded');
});

test('an organization without credit is told so', async () => {
  const tenant = await makeTenant(stage.gateway, { creditUsd: null });
  const error = await refusedBySeawall(tenant, stage.client(tenant).chat.completions.create(chat));
  assert.equal(error.code, 'credit_balance_exhausted');
});

test('a revoked key is no key', async () => {
  const tenant = await makeTenant(stage.gateway);
  const client = stage.client(tenant);
  await client.chat.completions.create(chat);
  await call(stage.gateway, 'DELETE', `keys/${tenant.key}`);
  const error = await errorOf(client.chat.completions.create(chat));
  assert.ok(error instanceof OpenAI.AuthenticationError, String(error));
  assert.equal(error.code, 'invalid_api_key');
  assert.equal(stage.proxy.requests.length, 2);
});

test('a model nobody priced is not found', async () => {
  const client = stage.client(await makeTenant(stage.gateway));
  const error = await errorOf(client.chat.completions.create({ ...chat, model: 'gpt-nobody-priced' }));
  assert.ok(error instanceof OpenAI.NotFoundError, String(error));
  assert.equal(error.code, 'model_not_found');
  assert.equal(stage.proxy.requests.length, 1);
});

test("the provider's billing hard limit is named as the provider's", async () => {
  const client = stage.client(await makeTenant(stage.gateway));
  const error = await errorOf(
    client.chat.completions.create({ ...chat, model: 'sim/refuse:billing_hard_limit_reached' }),
  );
  assert.ok(error instanceof OpenAI.BadRequestError, String(error));
  assert.equal(error.code, 'billing_hard_limit_reached');
  assert.match(error.error.message, /^Refused by .+, not by Seawall: .*Billing hard limit has been reached/);
  assert.equal(stage.proxy.requests.length, 1);
});

test("the provider's stops are raised after one request, and what passes by itself is asked for again", async () => {
  const client = stage.client(await makeTenant(stage.gateway));
  for (const [name, expected, sent] of [
    ['insufficient_quota', OpenAI.RateLimitError, 1],
    ['billing_not_active', OpenAI.RateLimitError, 1],
    // Its provider says to wait for seven minutes, which this SDK would sleep through.
    ['rate_limit_exceeded_day', OpenAI.RateLimitError, 1],
    ['organization_not_verified', OpenAI.PermissionDeniedError, 1],
    ['rate_limit_exceeded_short', OpenAI.RateLimitError, 3],
  ]) {
    const before = stage.proxy.requests.length;
    const error = await errorOf(client.chat.completions.create({ ...chat, model: `sim/refuse:${name}` }));
    assert.ok(error instanceof expected, `${name}: ${error}`);
    assert.equal(stage.proxy.requests.length - before, sent, name);
    assert.ok(error.message.includes(error.error.details.diagnosis.means), error.message);
  }
});

test('an error within a stream is raised and not swallowed', async () => {
  const client = stage.client(await makeTenant(stage.gateway));
  const stream = await client.chat.completions.create({ ...chat, model: 'sim/error:mid_stream', stream: true });
  const seen = [];
  const error = await errorOf(
    (async () => {
      for await (const chunk of stream) seen.push(chunk);
    })(),
  );
  assert.ok(seen.length > 0, 'the error came before any output');
  assert.ok(error instanceof OpenAI.APIError, String(error));
  assert.equal(error.code, 'billing_not_active');
});
