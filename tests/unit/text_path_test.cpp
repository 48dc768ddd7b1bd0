// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "text/path.hpp"

namespace mtasts::text {
namespace {

using Strings = std::vector<std::string>;

// Whatever somebody writes into a configuration.
const Strings k_all = {"",
                       "/",
                       "//",
                       "///a",
                       "a",
                       "a/",
                       "a//",
                       "a/b",
                       "a/b/",
                       "a/b/c",
                       "a/b.toml",
                       "a/bc",
                       "a.toml",
                       "a-b/c",
                       "./a",
                       "../a",
                       "/a",
                       "/a/b",
                       "/a/b/c/d",
                       "b",
                       "\xff/a",
                       "\xc3\xa4",
                       "a/b/c/d/e/f/g/h",
                       std::string("a\0b/c", 5)};

TEST(TextPath, IsTheTextThatItWasMadeOf) {
  for (const std::string& one : k_all) {
    EXPECT_EQ(Path(one).text(), one);
    EXPECT_EQ((Path("a/") / one).text(), "a/" + one);
    EXPECT_EQ((Path() / one).text(), one);
  }
}

TEST(TextPath, IsOrderedAsItsTextIs) {
  for (const std::string& a : k_all) {
    for (const std::string& b : k_all) {
      EXPECT_TRUE(Path(a) <=> Path(b) == a <=> b) << a << " " << b;
      EXPECT_EQ(Path(a) == Path(b), a == b) << a << " " << b;
    }
  }
}

TEST(TextPath, LiesInAFolder) {
  const std::map<std::string, std::string> wanted = {
      {"", ""},    {"a", ""},        {"a/", ""},     {"a/b", "a/"},
      {"/a", "/"}, {"/a/b/", "/a/"}, {"a//b", "a//"}};
  for (const auto& [text, folder] : wanted) {
    EXPECT_EQ(Path(text).folder().text(), folder) << text;
  }
}

TEST(TextPath, OutlivesWhatItWasMadeBeside) {
  std::set<Path> all;
  for (const char* name : {"c", "a", "b"}) {
    const Path folder = "/srv/";
    all.insert(folder / name);
  }
  Strings texts;
  for (const Path& one : all) texts.push_back(one.text());
  EXPECT_EQ(texts, (Strings{"/srv/a", "/srv/b", "/srv/c"}));
}

TEST(TextPath, MayHaveAnyNumberOfFolders) {
  const std::string text(1'000'000, '/');
  Path deep = text;
  const Path shared = Path(text).folder();
  EXPECT_EQ(deep.text(), text);
  deep = Path();
  EXPECT_EQ(shared.text(), text.substr(1));
}

TEST(TextPath, IsSharedByThreads) {
  const Path folder = "/srv/certs/";
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([folder, i] {
      for (int j = 0; j < 1000; ++j) {
        Path one = folder / std::to_string(i);
        const Path copy = one;
        one = copy.folder() / "b";
      }
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(folder.text(), "/srv/certs/");
}

}  // namespace
}  // namespace mtasts::text
