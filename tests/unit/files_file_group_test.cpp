// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "files/file_group.hpp"
#include "temp_dir.hpp"

namespace mtasts::files {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr std::size_t k_max = 1000;

/// What a file says; one that says "bad" has a fault.
struct Part {
  std::string text;
  Diagnostics diagnostics = {};
};

std::shared_ptr<const Part> read(const FileToRead& file) {
  if (!file.stamp().is_there()) return nullptr;
  const Result<FileContent> content = file.read(k_max);
  Part part{content ? content->octets : content.error().message};
  if (part.text == "bad") {
    part.diagnostics.push_back({Severity::error, "bad", {}, "bad", ""});
  }
  return std::make_shared<const Part>(std::move(part));
}

class FilesFileGroup : public testing::Test {
 protected:
  /// The files that `patterns` match, and `files`.
  void set_inputs(const Strings& patterns, const Strings& files = {}) {
    Inputs inputs{.files = {}, .globs = {}, .only_regular = true};
    for (const auto& one : patterns) inputs.globs.push_back(dir_.path(one));
    for (const auto& one : files) inputs.files.push_back(dir_.path(one));
    group_.set_inputs(inputs);
  }

  /// What came of it, as "BEFORE -> AFTER"; a dash for no part.
  Strings update(const Scope& scope = Everywhere{}) {
    Strings all;
    for (const auto& [before, after] : group_.update(scope, read)) {
      all.push_back((before ? before->text : "-") + " -> " +
                    (after ? after->text : "-"));
    }
    return all;
  }

  Strings parts() const {
    Strings all;
    group_.for_each([&](const text::Path& path, const Part& part) {
      all.push_back(path.text().substr(dir_.path("").size()) + ": " +
                    part.text);
    });
    return all;
  }

  FileChanges changes() const { return group_.look(Everywhere{}); }

  const TempDir dir_;
  FileGroup<Part> group_;
};

TEST_F(FilesFileGroup, IsInTheOrderOfThePathsWhateverTheInputsSay) {
  dir_.write("b/1", "b1");
  dir_.write("a/2", "a2");
  dir_.write("a/1", "a1");
  dir_.write("c", "c");
  set_inputs({"b/*", "a/*", "*/1"}, {"c"});
  EXPECT_EQ(update(), (Strings{"- -> a1", "- -> a2", "- -> b1", "- -> c"}));
  EXPECT_EQ(parts(), (Strings{"a/1: a1", "a/2: a2", "b/1: b1", "c: c"}));
}

// Three and more are opened from their folder, others by their paths.
TEST_F(FilesFileGroup, IsWholeHoweverManyFilesAFolderHas) {
  Strings all;
  for (const std::size_t count : {1U, 2U, 3U, 5U}) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = std::to_string(count) + "/" + std::to_string(i);
      dir_.write(name, "of " + name);
      all.push_back(name + ": of " + name);
    }
  }
  set_inputs({"*/*"});
  update();
  EXPECT_EQ(parts(), all);
  EXPECT_EQ(changes(), FileChanges{});
}

TEST_F(FilesFileGroup, ReadsWhatHasChangedAndNothingElse) {
  dir_.write("a", "a");
  dir_.write("b", "b");
  dir_.write("c", "c");
  set_inputs({"*"});
  update();
  EXPECT_EQ(update(), Strings{});
  dir_.write("b", "other");
  dir_.write("d", "d");
  fs::remove(dir_.path("c"));
  EXPECT_EQ(update(), (Strings{"b -> other", "c -> -", "- -> d"}));
  EXPECT_EQ(parts(), (Strings{"a: a", "b: other", "d: d"}));
  EXPECT_EQ(changes(), FileChanges{});
}

TEST_F(FilesFileGroup, LooksOnlyWhereItIsTold) {
  dir_.write("a", "a");
  dir_.write("b", "b");
  set_inputs({"*"});
  update();
  dir_.write("a", "new a");
  dir_.write("b", "new b");
  EXPECT_EQ(update(Paths{dir_.path("b"), dir_.path("elsewhere")}),
            Strings{"b -> new b"});
  EXPECT_EQ(parts(), (Strings{"a: a", "b: new b"}));
}

TEST_F(FilesFileGroup, ReadsWhatHasRestedOnlyInThatState) {
  dir_.write("a", "a");
  dir_.write("b", "b");
  set_inputs({"*"});
  update();
  dir_.write("a", "new a");
  dir_.write("b", "new b");
  FileChanges rested = changes();
  dir_.write("b", "newer b");
  EXPECT_EQ(update(rested), Strings{"a -> new a"});
  EXPECT_EQ(update(changes()), Strings{"b -> newer b"});
}

TEST_F(FilesFileGroup, KeepsANamedFileThatIsNotThereAsMissed) {
  set_inputs({}, {"named"});
  EXPECT_EQ(update(), Strings{});
  EXPECT_EQ(group_.look(Paths{dir_.path("named")}),
            (FileChanges{{dir_.path("named"), FileStamp{}}}));
  dir_.write("named", "text");
  EXPECT_EQ(update(), Strings{"- -> text"});
}

TEST_F(FilesFileGroup, ForgetsWhatIsNotListedAnyMore) {
  dir_.write("a/1", "a");
  dir_.write("b/1", "b");
  set_inputs({"a/*", "b/*"});
  update();
  set_inputs({"b/*"});
  EXPECT_EQ(update(Paths{}), Strings{"a -> -"});
  EXPECT_EQ(parts(), Strings{"b/1: b"});
}

// A directory that is named is a fault, and one among the matches is none.
TEST_F(FilesFileGroup, ReadsAgainWhatIsNamedNow) {
  dir_.write("a", "a");
  dir_.write("b", "b");
  set_inputs({"*"});
  update();
  set_inputs({"*"}, {"a"});
  EXPECT_EQ(update(), Strings{"a -> a"});
}

TEST_F(FilesFileGroup, ReadsFaultyFilesAgainWhenAsked) {
  dir_.write("a", "a");
  dir_.write("b", "bad");
  set_inputs({"*"});
  update();
  group_.reread_faulty();
  EXPECT_EQ(update(Paths{}), Strings{"bad -> bad"});
  EXPECT_EQ(update(Paths{}), Strings{});
}

TEST_F(FilesFileGroup, PassesOverWhatIsDull) {
  dir_.write("a", "a");
  dir_.write("b", "b");
  set_inputs({"*"});
  update();
  dir_.write("a", "dull");
  dir_.write("b", "dull too");
  dir_.write("c", "of interest");
  fs::remove(dir_.path("b"));
  FileChanges found = changes();
  group_.pass_over(found, [&](const text::Path& path, const FileStamp&,
                              const Part*) { return path.name() != "c"; });
  EXPECT_EQ(found, (FileChanges{{dir_.path("c"), stamp_file(dir_.path("c"))}}));
  EXPECT_EQ(parts(), Strings{"a: a"});
  EXPECT_EQ(update(), Strings{"- -> of interest"});
}

}  // namespace
}  // namespace mtasts::files
