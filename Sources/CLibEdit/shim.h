#pragma once
// el_wset, el_wget and history_w take variable arguments, which Swift can't call: one plain function for each use.
#include <histedit.h>
#include <locale.h>
#include <stdio.h>

typedef unsigned char (*mdl_edit_function)(EditLine *, wint_t);
typedef wchar_t *(*mdl_prompt_function)(EditLine *);
typedef int (*mdl_read_function)(EditLine *, wchar_t *);

/// An editor on standard input that draws on standard output, or on standard error where output is no terminal.
static inline EditLine *mdl_editor(int draw_on_error) {
  return el_init("mdl", stdin, draw_on_error ? stderr : stdout, stderr);
}

static inline int mdl_editor_set(EditLine *editor, int operation, int value) {
  return el_wset(editor, operation, value);
}

static inline int mdl_editor_refresh(EditLine *editor) { return el_wset(editor, EL_REFRESH); }

static inline int mdl_editor_keymap(EditLine *editor, const wchar_t *name) {
  return el_wset(editor, EL_EDITOR, name);
}

static inline int mdl_editor_owner(EditLine *editor, void *owner) {
  return el_wset(editor, EL_CLIENTDATA, owner);
}

static inline void *mdl_editor_get_owner(EditLine *editor) {
  void *owner = NULL;
  el_wget(editor, EL_CLIENTDATA, &owner);
  return owner;
}

static inline int mdl_editor_prompt(EditLine *editor, mdl_prompt_function prompt, wchar_t escape) {
  return el_wset(editor, EL_PROMPT_ESC, prompt, escape);
}

static inline int mdl_editor_read(EditLine *editor, mdl_read_function read) {
  return el_wset(editor, EL_GETCFN, read);
}

static inline int mdl_editor_function(EditLine *editor, const wchar_t *name, mdl_edit_function function) {
  return el_wset(editor, EL_ADDFN, name, name, function);
}

static inline int mdl_editor_bind(EditLine *editor, const wchar_t *key, const wchar_t *function) {
  return el_wset(editor, EL_BIND, key, function, NULL);
}

static inline int mdl_editor_history(EditLine *editor, HistoryW *history) {
  return el_wset(editor, EL_HIST, history_w, history);
}

static inline int mdl_history_size(HistoryW *history, int size) {
  HistEventW event;
  return history_w(history, &event, H_SETSIZE, size);
}

static inline int mdl_history_enter(HistoryW *history, const wchar_t *text) {
  HistEventW event;
  return history_w(history, &event, H_ENTER, text);
}

/// Character handling that knows UTF-8, whatever LC_ALL says: libedit drops what its locale can't hold.
static inline void mdl_use_utf8(int is_utf8) {
  if (!is_utf8) setlocale(LC_CTYPE, "C.UTF-8");
}
