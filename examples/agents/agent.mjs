/**
 * An agent with the Vercel AI SDK: a model behind any OpenAI-compatible endpoint, with the tools of a Sallyport token.
 *
 *     npm run demo
 *     npm install --no-save ai @ai-sdk/openai-compatible
 *     export SALLYPORT_TOKEN="$(cat .sallyport-demo/agent-token)"
 *     export MODEL_URL=http://127.0.0.1:11434/v1 MODEL=qwen3  # and MODEL_KEY where the endpoint asks for one
 *     npx node examples/agents/agent.mjs 'Who of our customers is in Lagos?'
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { Sallyport } from '@sallyport/sdk'
import { aiSdkTools } from '@sallyport/sdk/ai-sdk'
import { generateText, jsonSchema, stepCountIs } from 'ai'

const { SALLYPORT_URL: url = 'http://127.0.0.1:8080', SALLYPORT_TOKEN: token, MODEL_URL, MODEL, MODEL_KEY } = process.env
const provider = createOpenAICompatible({ name: 'model', baseURL: MODEL_URL, apiKey: MODEL_KEY })

const { text } = await generateText({
  model: provider.chatModel(MODEL),
  tools: await aiSdkTools(new Sallyport({ url, token }), { jsonSchema }),
  prompt: process.argv.slice(2).join(' ') || 'Who of our customers is in Lagos?',
  stopWhen: stepCountIs(10),
})
console.log(text)
