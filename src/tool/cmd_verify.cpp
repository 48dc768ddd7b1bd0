// SPDX-License-Identifier: MIT
// Looks at domains as senders see them, says what is wrong, and tells by its
// exit status how bad it is.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "config/load.hpp"
#include "dns/name.hpp"
#include "files/read.hpp"
#include "nameserver/resolver.hpp"
#include "process/clock.hpp"
#include "tls/client.hpp"
#include "tool/history_files.hpp"
#include "tool/progress.hpp"
#include "tool/resume_file.hpp"
#include "tool/sandbox.hpp"
#include "tool/survey.hpp"
#include "tool/tool.hpp"
#include "tool/verify_options.hpp"
#include "tool/verify_output.hpp"
#include "verify/facts_json.hpp"
#include "verify/judged.hpp"
#include "verify/look.hpp"

namespace mtasts::tool {
namespace {

constexpr std::uint32_t k_default_jobs = 32;
constexpr std::size_t k_max_facts_file = std::size_t{1} << 30U;

// --- What is expected ---

/// What the machine knows of the domains.
struct Knowledge {
  config::Config config;
  Pasts pasts;
};

/// The history says more, and is not needed: mta-stsd may run elsewhere.
Pasts read_history_of(const config::Config& config) {
  if (config.startup.history.empty()) return {};
  Result<Pasts> pasts = read_pasts({}, config);
  if (pasts) return *std::move(pasts);
  print_message("warning", pasts.error().message, pasts.error().hint);
  return {};
}

/// No configuration stands for one without policies.
verify::Expected expect(const Knowledge& known, const std::string& domain) {
  const config::Config& config = known.config;
  const publish::PublicationPtr* found = config.live.by_domain.find(domain);
  if (found == nullptr) return {};
  const auto past = known.pasts.find(domain);
  return {.publication = *found,
          .addresses = config.tool.verify.addresses,
          .issuers = config.tool.verify.issuers,
          .challenges = config.startup.challenges,
          .past = past == known.pasts.end() ? sts::Past{} : past->second};
}

bool is_missing(const std::string& path) {
  struct stat status {};
  return path != "-" && ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
}

/// Nothing after an error, which is printed. Domains that are named can do
/// without a configuration: it is not for each machine to have one.
std::optional<config::Config> load(const VerifyOptions& options) {
  const bool needs_none =
      !options.is_planned &&
      (!options.domains.empty() || options.list || options.facts);
  if (needs_none && is_missing(options.config)) {
    if (!options.is_default_config) {
      print_message("note",
                    fmt::format("{} is not there: nothing is compared with it",
                                options.config));
    }
    return config::Config{};
  }
  const bool names_none = options.domains.empty() && !options.list;
  if (names_none && !options.is_planned && is_missing(options.config)) {
    print_error(
        fmt::format("no domain is named, and {} is not there", options.config),
        "name one: mta-sts verify example.com");
    return std::nullopt;
  }
  config::Loaded loaded = config::load_config(options.config);
  if (!loaded.config) print_diagnostics(loaded.diagnostics);
  return std::move(loaded.config);
}

std::vector<std::string> all_domains(const config::Config& config) {
  std::vector<std::string> domains;
  for (const publish::PublicationPtr& policy : config.live.policies) {
    for (const std::string_view domain : policy->domains()) {
      domains.emplace_back(domain);
    }
  }
  return domains;
}

/// What is only planned stands nowhere else.
Result<void> check_planned(const config::Config& config,
                           const std::vector<std::string>& domains) {
  for (const std::string& domain : domains) {
    if (config.live.find_domain(domain) == nullptr) {
      return fail(fmt::format("--planned: domain {} has no policy here",
                              in_quotes(domain)),
                  "mta-stsd records lists those that have");
    }
  }
  return {};
}

// --- How bad it is ---

class ExitStatus {
 public:
  explicit ExitStatus(Severity fail_on) : fail_on_(fail_on) {}

  void add(const verify::Judged& judged) {
    for (const Diagnostic& one : judged.findings) add(one.severity);
  }
  void add(Severity severity) {
    if (severity == Severity::untested) {
      is_untested_ = true;
    } else if (severity >= fail_on_) {
      has_failed_ = true;
    }
  }
  /// Of a line that an earlier run has written: of notes nothing is said there.
  void add_verdict(const std::string& verdict) {
    for (const auto& [word, severity] :
         {std::pair{verify::Verdict::error, Severity::error},
          std::pair{verify::Verdict::warning, Severity::warning},
          std::pair{verify::Verdict::untested, Severity::untested}}) {
      if (verdict == verify::format_verdict(word)) add(severity);
    }
  }
  Exit worst() const {
    if (has_failed_) return Exit::fault;
    return is_untested_ ? Exit::untested : Exit::good;
  }

 private:
  Severity fail_on_;
  bool has_failed_ = false;
  bool is_untested_ = false;
};

Colour choose_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 &&
                 (no_colour == nullptr || *no_colour == '\0')
             ? Colour::ansi
             : Colour::none;
}

/// Who fails for notes wants to see them.
Notes choose_notes(const VerifyOptions& options) {
  return options.fail_on == "note" ? Notes::shown : Notes::counted;
}

// --- What was seen elsewhere, or before ---

Exit replay(const VerifyOptions& options, const Knowledge& known) {
  const std::string& path = *options.facts;
  const auto refuse = [&path](const Error& error) {
    print_error(
        Error{fmt::format("--facts {}: {}", in_quotes(path), error.message),
              error.hint});
    return Exit::usage;
  };
  const Result<std::string> text =
      path == "-" ? files::read_standard_input(k_max_facts_file)
                  : files::read_stream(path, k_max_facts_file);
  if (!text) return refuse(text.error());
  const auto output =
      make_output(options.format, choose_colour(), choose_notes(options));
  ExitStatus status(parse_fail_on(options.fail_on));
  enter_sandbox(known.config.startup.sandbox);
  bool is_printed = true;
  const Result<void> read =
      verify::parse_each_facts(*text, [&](verify::Facts facts) {
        // By the time of the look: the same judgement whenever it is made.
        const auto at = facts.at;
        const verify::Expected expected = expect(known, facts.domain);
        const auto judged = verify::judge_whole(std::move(facts), expected, at);
        status.add(judged);
        is_printed = is_printed && print(output->add(judged));
      });
  if (!read) return refuse(read.error());
  return print(output->finish()) && is_printed ? status.worst() : Exit::fault;
}

// --- A look at the world ---

/// Where results go.
class Results {
 public:
  Results(const VerifyOptions& options, std::optional<ResumeFile> file,
          std::size_t count)
      : file_(std::move(file)),
        output_(make_output(options.format, choose_colour(),
                            choose_notes(options))),
        status_(parse_fail_on(options.fail_on)),
        progress_(count, std::chrono::steady_clock::now()) {
    if (!file_) return;
    for (const auto& [_, verdict] : file_->done()) status_.add_verdict(verdict);
  }

  /// False when it can't be written.
  bool add(const verify::Judged& judged) {
    status_.add(judged);
    const std::string text = output_->add(judged);
    if (!file_) progress_.hide();
    const bool is_written = file_ ? file_->add(text).has_value() : print(text);
    progress_.step(std::chrono::steady_clock::now());
    return is_written;
  }
  /// False when the rest can't be written.
  bool finish() {
    progress_.hide();
    return file_ || print(output_->finish());
  }
  ExitStatus& status() { return status_; }

 private:
  std::optional<ResumeFile> file_;
  std::unique_ptr<VerifyOutput> output_;
  ExitStatus status_;
  Progress progress_;
};

/// A file that can be gone on with is no place for what was not looked at.
Exit look_at(const std::vector<std::string>& domains,
             const VerifyOptions& options, const Knowledge& known,
             verify::Shared& shared, Results& results) {
  nameserver::Resolver resolver(shared.options().resolver);
  bool is_written = true;
  std::size_t left = domains.size();
  run_survey(
      {.jobs = options.jobs.value_or(
           known.config.tool.verify.jobs.value_or(k_default_jobs)),
       .order = options.format == "jsonl" ? Order::as_done : Order::as_given,
       .look =
           [&](const std::string& domain) {
             const verify::Expected expected = expect(known, domain);
             const auto now = process::this_second();
             return verify::judge_whole(
                 verify::look(domain, expected.publication, shared, resolver,
                              now),
                 expected, now);
           },
       .is_useful = [&] { return !shared.has_no_resolver(); },
       .take =
           [&](const verify::Judged& judged) {
             if (options.resume && shared.has_no_resolver()) return false;
             is_written = results.add(judged);
             left -= is_written ? 1 : 0;
             return is_written;
           }},
      domains);
  if (!results.finish() || !is_written) {
    print_error("results can't be written");
    return Exit::fault;
  }
  if (left != 0) {
    print_message("warning",
                  fmt::format("the resolver {} does not answer: {} of {} "
                              "domains were not looked at",
                              shared.view().resolver, left, domains.size()),
                  "--dns names another one; --resume goes on where this run "
                  "has ended");
    results.status().add(Severity::untested);
  }
  return results.status().worst();
}

Exit look_and_print(const VerifyOptions& options, const Knowledge& known,
                    std::vector<std::string> domains) {
  const config::Config& config = known.config;
  Result<verify::LookOptions> look =
      make_look_options(options, config.tool.verify);
  if (look) look->has_challenges = !config.startup.challenges.empty();
  Result<tls::TrustStore> roots =
      tls::TrustStore::load(options.ca.value_or(config.tool.verify.ca));
  std::optional<Error> fault;
  if (!look) fault = look.error();
  if (!roots) fault = roots.error();
  std::optional<ResumeFile> file;
  if (options.resume && !fault) {
    Result<ResumeFile> opened = ResumeFile::open(*options.resume);
    if (opened) {
      file.emplace(*std::move(opened));
      std::erase_if(domains, [&file](const std::string& one) {
        return file->done().contains(one);
      });
    } else {
      fault = opened.error();
    }
  }
  if (fault) {
    print_error(*fault);
    return Exit::usage;
  }
  Results results(options, std::move(file), domains.size());
  verify::Shared shared(*look, *std::move(roots));
  // From here on, octets of strangers are read.
  enter_sandbox(config.startup.sandbox);
  return look_at(domains, options, known, shared, results);
}

Exit verify(Arguments& arguments) {
  VerifyOptions options;
  declare(arguments, options);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  options.config = arguments.config();
  options.is_default_config = arguments.is_default_config();
  if (const auto misuse = find_misuse(options)) {
    return print_usage_error(*misuse);
  }
  Result<std::vector<std::string>> domains = read_domains(options);
  if (!domains) {
    print_error(domains.error());
    return Exit::usage;
  }
  const std::optional<config::Config> config = load(options);
  if (!config) return Exit::fault;
  const Knowledge known{.config = *config, .pasts = read_history_of(*config)};
  if (options.facts) return replay(options, known);
  if (domains->empty()) *domains = all_domains(*config);
  if (options.is_planned) {
    const Result<void> checked = check_planned(*config, *domains);
    if (!checked) {
      print_error(checked.error());
      return Exit::usage;
    }
  }
  return look_and_print(options, known, *std::move(domains));
}

}  // namespace

const Command k_verify = {.usage = "verify [DOMAIN..]",
                          .about = "look at domains as senders see them",
                          .run = verify,
                          .options = k_verify_help};

}  // namespace mtasts::tool
