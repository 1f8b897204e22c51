// Calls that fit are served, and look to the SDK as if the provider had answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { billed, makeTenant, settledBalance } from './administration.mjs';
import { QUESTION, setStage } from './stage.mjs';

const stage = setStage();
const nanos = (usd) => {
  const [whole, fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
};

test('a chat is answered and says what it cost', async () => {
  const client = stage.client(await makeTenant(stage.gateway));
  const { data, response } = await client.chat.completions
    .create({ model: 'gpt-5-mini', messages: QUESTION }, { headers: { 'x-sim-output-tokens': '12' } })
    .withResponse();
  assert.ok(data.choices[0].message.content);
  assert.equal(data.usage.completion_tokens, 12);
  assert.equal(response.headers.get('x-seawall-decision'), 'served');
  assert.ok(nanos(response.headers.get('x-seawall-cost-usd')) > 0n);
  assert.equal(stage.proxy.requests.length, 1);
});

test('a stream arrives in pieces and without a usage nobody asked for', async () => {
  const client = stage.client(await makeTenant(stage.gateway));
  const stream = await client.chat.completions.create(
    { model: 'gpt-5-mini', messages: QUESTION, stream: true },
    { headers: { 'x-sim-output-tokens': '40' } },
  );
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.ok(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length > 2);
  assert.deepEqual(chunks.filter((chunk) => chunk.usage || chunk.choices.length === 0), []);
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
});

test('an image is made', async () => {
  const client = stage.client(await makeTenant(stage.gateway));
  const { data, response } = await client.images
    .generate({ model: 'gpt-image-1', prompt: 'a wall against the sea', size: '1024x1024', quality: 'low' })
    .withResponse();
  assert.equal(Buffer.from(data.data[0].b64_json, 'base64').toString('latin1', 1, 4), 'PNG');
  assert.ok(nanos(response.headers.get('x-seawall-cost-usd')) > 0n);
});

test("a stream's cost in the ledger equals the provider's bill to the nano-dollar", async () => {
  const tenant = await makeTenant(stage.gateway);
  const before = nanos((await billed(stage.gateway)).usd);
  const stream = await stage.client(tenant).chat.completions.create({
    model: 'gpt-4o-mini',
    messages: QUESTION,
    stream: true,
    stream_options: { include_usage: true },
  });
  let last;
  for await (const chunk of stream) last = chunk;
  assert.ok(last.usage.completion_tokens > 0);
  const money = await settledBalance(stage.gateway, tenant);
  assert.equal(nanos(money.spent_usd), nanos((await billed(stage.gateway)).usd) - before);
});
