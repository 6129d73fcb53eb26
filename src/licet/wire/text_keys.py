"""The keys and values of the two APIs by which texts are told from what is none, as tables.

What stands in no table is read as a text. `spec/safeguards.md` says what follows from each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

QUIET = re.compile(r"[A-Za-z0-9_.:/@+=-]{0,128}")
"""What an identifier looks like; only under keys that hold identifiers is it not read."""

QUIET_ANSWER = frozenset(
    (
        *("id", "object", "model", "type", "role", "finish_reason", "stop_reason", "status", "system_fingerprint"),
        *("service_tier", "item_id", "event_id", "call_id", "tool_use_id", "tool_call_id", "obfuscation", "created_at"),
        *("response_id", "native_finish_reason", "phase", "truncation", "effort", "verbosity", "tool_choice"),
    )
)
SEALED = frozenset(("signature", "encrypted_content", "encrypted_index"))
"""Enciphered by the upstream for itself: the caller cannot read them."""
NO_TEXT_ANSWERS = frozenset(("image_generation_call", "image", "audio", "output_audio", "output_image", "file"))
LANES = ("index", "output_index", "content_index", "summary_index")
"""Numbers at the top of an event that say which of several texts it continues."""

READABLE = frozenset(
    (
        *("text", "input_text", "output_text", "refusal", "message", "thinking", "reasoning", "reasoning_text"),
        *("summary_text", "tool_use", "tool_result", "server_tool_use", "mcp_tool_use", "mcp_tool_result"),
        *("function", "function_call", "function_call_output", "custom", "custom_tool_call", "custom_tool_call_output"),
        *("tool_reference", "search_result", "document", "local_shell_call", "local_shell_call_output", "shell_call"),
        *("shell_call_output", "apply_patch_call", "apply_patch_call_output", "mcp_call", "mcp_list_tools"),
        *("mcp_approval_request", "mcp_approval_response"),
    )
)
"""Parts of messages, and items of conversations, whose strings are all that a model sees of them."""

NO_TEXT = frozenset(
    (
        *("image_url", "image_file", "input_audio", "file_data", "file_url", "b64_json", "video_url"),
        *("images", "image", "videos", "video", "files", "file", "attachments", "multi_modal_data", "document_url"),
        *("prompt_embeds", "input_embeds", "encrypted_content", "server_url", "connector_id"),
    )
)
"""Keys of what is no text, or of what an upstream would fetch from elsewhere, wherever they stand."""
OWN_TOOLS = frozenset(("function", "custom", "local_shell", "shell", "apply_patch", "computer_use_preview"))
TOOL_KEYS = frozenset(
    (
        *("type", "name", "function", "custom", "description", "parameters", "input_schema", "strict", "format"),
        *("cache_control", "defer_loading", "allowed_callers", "eager_input_streaming", "input_examples", "model"),
        *("title", "metadata"),
    )
)
"""Members of a tool that the caller runs."""
FETCHES = frozenset(
    (
        *("mcp_servers", "web_search_options", "web_search", "search_parameters", "search_options", "data_sources"),
        *("enable_search", "enable_web_search", "google_search", "googleSearch", "code_execution", "url_context"),
    )
)
"""Members of a body by which upstreams are told to bring in what nobody has seen."""
OWN_TOOLS_BEGIN = ("bash_", "text_editor_", "computer_", "memory_")
"""Tools that the caller runs: what they give comes back as text in a later request. Others bring in what nobody saw."""
CONTENT = frozenset(("content", "system", "output", "messages", "input"))
PROSE = frozenset(
    ("messages", "input", "content", "text", "output", "thinking", "reasoning", "reasoning_content", "refusal")
)
"""Keys of what conversations say."""
QUIET_VALUES: Mapping[str, frozenset[str]] = {
    "role": frozenset(("user", "assistant", "system", "developer", "tool", "function")),
    "type": READABLE | {"json_object", "json_schema", "enabled", "disabled", "adaptive", "ephemeral", "auto", "any"},
    "tool_choice": frozenset(("auto", "none", "required", "any")),
    "object": frozenset(("chat.completion", "response")),
}
KNOWN_KEYS = frozenset(
    (
        *("model", "messages", "role", "content", "type", "text", "name", "stream", "stream_options", "include_usage"),
        *("max_tokens", "max_completion_tokens", "max_output_tokens", "temperature", "top_p", "top_k", "n", "stop"),
        *("stop_sequences", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "user"),
        *("seed", "response_format", "json_schema", "tools", "tool_choice", "parallel_tool_calls", "function"),
        *("functions", "function_call", "parameters", "description", "strict", "arguments", "tool_calls", "id"),
        *("tool_call_id", "tool_use_id", "is_error", "system", "metadata", "thinking", "budget_tokens", "signature"),
        *("input", "instructions", "reasoning", "effort", "summary", "include", "store", "truncation", "prompt"),
        *("suffix", "best_of", "echo", "encoding_format", "dimensions", "cache_control", "ttl", "input_schema"),
        *("output", "call_id", "status", "schema", "format", "refusal", "annotations", "source", "media_type", "data"),
        *("title", "context", "citations", "service_tier", "modalities", "prediction", "verbosity", "output_config"),
        *("prompt_cache_key", "safety_identifier", "reasoning_effort", "background", "index", "delta", "choices"),
        *("custom", "grammar", "syntax", "definition", "allowed_callers", "defer_loading", "eager_input_streaming"),
    )
)
"""Keys of the APIs. Any other key is itself a text."""
