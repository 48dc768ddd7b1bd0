// SPDX-License-Identifier: MIT
#include "server/report_spool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include "log.hpp"
#include "text/ascii.hpp"

namespace mtasts::server {
namespace {

namespace fs = std::filesystem;

constexpr int k_created = 201;
constexpr int k_service_unavailable = 503;
constexpr mode_t k_folder_mode = 0770;  // the importer may be of our group
constexpr mode_t k_file_mode = 0660;
constexpr std::size_t k_stack_octets = 256 * 1024;
// Importing makes room, and only counting shows it.
constexpr std::chrono::seconds k_recount_interval{10};
constexpr std::int64_t k_say_seconds = 10;

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), k_folder_mode) == 0 || errno == EEXIST) return {};
  return fail(
      fmt::format("can't make the folder {}: {}", path, format_errno(errno)),
      "the spool has to be there, and the user of mta-stsd collect has to be "
      "able to write to it");
}

// A file has a block and an inode however small it is: without them, very many
// small ones would fill a disk that the quota protects.
constexpr std::uint64_t k_file_octets = 4096;

/// As begin() makes them: "1795838400.4f2a9c1be0d37a65.alpha.json".
bool is_ours(std::string_view name) {
  const std::string_view seconds = text::take_until(name, ".");
  const std::string_view chance = text::take_until(name, ".");
  return !seconds.empty() && std::ranges::all_of(seconds, text::is_digit) &&
         chance.size() == 16 &&
         std::ranges::all_of(chance, text::is_hex_digit) &&
         text::has(name, ".json");
}

/// Of ours: a spool that was named by mistake has the files of others in it,
/// as /var has in /var/tmp.
Result<void> remove_files(const std::string& folder) {
  std::error_code error;
  std::size_t removed = 0;
  for (fs::directory_iterator one(folder, error), end; !error && one != end;
       one.increment(error)) {
    if (!is_ours(one->path().filename().string())) continue;
    std::error_code fault;
    if (fs::remove(one->path(), fault)) ++removed;
  }
  if (error) {
    return fail(fmt::format("can't read {}: {}", folder, error.message()));
  }
  if (removed > 0) log::info("spool-cleaned", {{"files", removed}});
  return {};
}

}  // namespace

/// A file in tmp/, removed unless it is finished.
class ReportSpool::SpoolUpload final : public Upload {
 public:
  SpoolUpload(ReportSpool& spool, ArrivalPtr arrival)
      : spool_(spool), arrival_(std::move(arrival)) {}
  ~SpoolUpload() override {
    if (is_finished_) return;
    ::unlink(spool_.path_of("tmp", arrival_->name).c_str());
    spool_.arriving_ -= arrival_->octets;
  }

  int take(std::string_view octets) override {
    spool_.arriving_ += octets.size();
    arrival_->octets += octets.size();
    if (!spool_.has_room()) return k_service_unavailable;
    while (!octets.empty()) {
      const ssize_t written =
          ::write(arrival_->file.fd(), octets.data(), octets.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        spool_.say_lack(format_errno(errno));
        return k_service_unavailable;
      }
      octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
  }

  void finish() override {
    is_finished_ = true;
    const std::lock_guard lock(spool_.mutex_);
    spool_.finished_.push_back(arrival_);
    spool_.news_.notify_one();
  }

  std::optional<int> outcome() const override {
    const int status = arrival_->status.load(std::memory_order_acquire);
    return status == 0 ? std::nullopt : std::optional(status);
  }

 private:
  ReportSpool& spool_;
  const ArrivalPtr arrival_;
  bool is_finished_ = false;
};

ReportSpool::ReportSpool(std::string folder, std::uint64_t quota)
    : folder_(std::move(folder)), quota_(quota) {}

Result<void> ReportSpool::open() {
  lock_.emplace(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock_->fd() < 0) {
    return fail(fmt::format("can't open the spool {}: {}", folder_,
                            format_errno(errno)),
                "make the folder that [reports] spool names, with the user of "
                "mta-stsd collect as its owner");
  }
  // Two would take the files of each other for those of a crash.
  if (::flock(lock_->fd(), LOCK_EX | LOCK_NB) != 0) {
    return fail(
        fmt::format("the spool {} is in use by another process", folder_),
        "one mta-stsd collect has a spool for itself");
  }
  for (const std::string_view part : {"tmp", "new"}) {
    const Result<void> made = make_folder(path_of(part, {}));
    if (!made) return made;
  }
  new_.emplace(
      ::open(path_of("new", {}).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (new_->fd() < 0 || ::fsync(lock_->fd()) != 0) {
    return fail(fmt::format("can't use the spool {}: {}", folder_,
                            format_errno(errno)));
  }
  stored_ = count().octets;
  log::info("spool", {{"folder", folder_}, {"quota", quota_}});
  return remove_files(path_of("tmp", {}));
}

ReportSpool::~ReportSpool() { stop(); }

void ReportSpool::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    news_.notify_one();
  }
  thread_.reset();  // waits for its end
}

std::string ReportSpool::path_of(std::string_view part,
                                 const std::string& name) const {
  return fmt::format("{}/{}/{}", folder_, part, name);
}

/// Whole files, without those that go meanwhile.
Waiting ReportSpool::count() const {
  Waiting waiting;
  std::error_code error;
  for (fs::directory_iterator one(path_of("new", {}), error), end;
       !error && one != end; one.increment(error)) {
    std::error_code gone;
    const std::uintmax_t size = one->file_size(gone);
    if (gone) continue;
    ++waiting.reports;
    waiting.octets += k_file_octets + size;
  }
  return waiting;
}

void ReportSpool::start(std::function<void()> wake) {
  wake_ = std::move(wake);
  thread_.emplace(k_stack_octets, [this] { run(); });
}

/// Once in a while: whoever fills the disk must not fill it with lines.
void ReportSpool::say_lack(std::string_view reason) {
  const std::int64_t now =
      std::chrono::floor<std::chrono::seconds>(
          std::chrono::steady_clock::now().time_since_epoch())
          .count();
  std::int64_t said = said_.load();
  if (said != INT64_MIN && now - said < k_say_seconds) return;
  if (!said_.compare_exchange_strong(said, now)) return;
  log::warning("spool-refuses", {{"folder", folder_}, {"reason", reason}});
}

/// Asks for a count where it seems to be full: it may have been emptied.
bool ReportSpool::has_room() {
  if (stored_ + arriving_ <= quota_) return true;
  say_lack("the quota is used up");
  const std::lock_guard lock(mutex_);
  is_recount_wanted_ = true;
  news_.notify_one();
  return false;
}

std::unique_ptr<Upload> ReportSpool::begin(std::string_view tenant,
                                           bool is_gzip,
                                           std::chrono::sys_seconds now) {
  std::uint64_t chance = 0;
  if (!has_room() || ::getrandom(&chance, sizeof chance, 0) != sizeof chance) {
    return nullptr;
  }
  std::string name =
      fmt::format("{}.{:016x}.{}.json{}", now.time_since_epoch().count(),
                  chance, tenant, is_gzip ? ".gz" : "");
  const int fd =
      ::open(path_of("tmp", name).c_str(),
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, k_file_mode);
  if (fd < 0) {
    say_lack(format_errno(errno));
    return nullptr;
  }
  auto arrival = std::make_shared<Arrival>(fd);
  arrival->octets = k_file_octets;
  arriving_ += k_file_octets;
  arrival->name = std::move(name);
  return std::make_unique<SpoolUpload>(*this, std::move(arrival));
}

void ReportSpool::run() {
  std::chrono::steady_clock::time_point counted{};
  std::unique_lock lock(mutex_);
  for (;;) {
    news_.wait(lock, [this] {
      return is_stopping_ || is_recount_wanted_ || !finished_.empty();
    });
    const bool is_last = is_stopping_;
    const bool is_recount_wanted = std::exchange(is_recount_wanted_, false);
    const std::vector<ArrivalPtr> arrivals = std::exchange(finished_, {});
    lock.unlock();
    if (!arrivals.empty()) {
      store(arrivals);
      wake_();
    }
    // Before it looks full, so that nobody is refused for what has gone.
    const auto now = std::chrono::steady_clock::now();
    const auto interval =
        is_recount_wanted ? std::chrono::seconds(1) : k_recount_interval;
    if ((is_recount_wanted || stored_ > quota_ / 2) &&
        now - counted >= interval) {
      counted = now;
      stored_ = count().octets;
    }
    if (is_last) return;
    lock.lock();
  }
}

/// All of them with as few waits for the disk as it allows: the first sync
/// takes what the file system has gathered, and the last one all the names.
void ReportSpool::store(const std::vector<ArrivalPtr>& arrivals) {
  std::vector<Arrival*> renamed;
  std::vector<bool> is_synced;
  is_synced.reserve(arrivals.size());
  for (const ArrivalPtr& one : arrivals) {
    is_synced.push_back(::fsync(one->file.fd()) == 0);
    if (!is_synced.back()) say_lack(format_errno(errno));
  }
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    Arrival& one = *arrivals[i];
    const std::string from = path_of("tmp", one.name);
    arriving_ -= one.octets;
    if (is_synced[i] &&
        ::rename(from.c_str(), path_of("new", one.name).c_str()) == 0) {
      stored_ += one.octets;
      renamed.push_back(&one);
      continue;
    }
    if (is_synced[i]) say_lack(format_errno(errno));
    ::unlink(from.c_str());
    one.status.store(k_service_unavailable, std::memory_order_release);
  }
  const bool is_kept = !renamed.empty() && ::fsync(new_->fd()) == 0;
  if (!renamed.empty() && !is_kept) say_lack(format_errno(errno));
  for (Arrival* one : renamed) {
    // One that may be gone after a power cut, or not, its sender has to send
    // again: the importer knows what comes twice.
    one->status.store(is_kept ? k_created : k_service_unavailable,
                      std::memory_order_release);
  }
}

}  // namespace mtasts::server
